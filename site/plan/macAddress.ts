import { createHash } from "node:crypto";
import { vcenterOf } from "../description/hypervisors";
import { byName } from "../description/order";
import type { SitePlan } from "./model";
import { oncePer } from "./once";

/** VMware's range for addresses that are set by hand: 00:50:56:00:00:00 to 00:50:56:3f:ff:ff. */
const PREFIX = "00:50:56";
const SIZE = 0x40_0000;

const addressesOf = oncePer(chosen);

/**
 * The MAC address of a machine that the site's hypervisor makes: what finds its network card, however that is named in the machine. It
 * follows from the names of site and machine, so that a machine that is replaced has it again;
 * where two sites of a fleet would have the same, `hypervisor.macSeed` stands in for the site's. Two names that would have the same (in a
 * site of ten machines, once in a hundred thousand sites) are told apart in the order of the names.
 *
 * @param network the further network whose card it is; left out: the machine's first card
 */
export function macAddress(plan: SitePlan, { name: machine }: { name: string }, network?: string): string {
  const name = keyOf(machine, network);
  const address = addressesOf(plan).get(name);
  if (address === undefined) throw new Error(`machines.${name}: the plan has no such machine; report it`);
  return address;
}

function chosen({ site, spec: { hypervisor }, machines }: SitePlan): ReadonlyMap<string, string> {
  const seed = vcenterOf(hypervisor)?.macSeed ?? site;
  const taken = new Set<number>();
  const addresses = new Map<string, string>();
  const further = machines.flatMap(({ name, cards = [] }) => cards.map(({ network }) => keyOf(name, network)));
  // First cards come first: theirs do not depend on further ones.
  for (const name of [...machines.map((machine) => machine.name).sort(byName), ...further.sort(byName)]) {
    let number = createHash("sha256").update(`${seed}/${name}`).digest().readUInt32BE() % SIZE;
    while (taken.has(number)) number = (number + 1) % SIZE;
    taken.add(number);
    const octets = number.toString(16).padStart(6, "0").match(/../g) ?? [];
    addresses.set(name, [PREFIX, ...octets].join(":"));
  }
  return addresses;
}

function keyOf(machine: string, network: string | undefined): string {
  return network === undefined ? machine : `${machine}/${network}`;
}
