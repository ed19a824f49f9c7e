import { capabilitiesOf } from "../../site/description/hypervisors";
import { parseRange, prefixLength, type Range } from "../../site/description/ipv4";
import { macAddress } from "../../site/plan/macAddress";
import type { SitePlan } from "../../site/plan/model";
import type { Given, Pool } from "../pool/schema";

/** What a site holds of what no two sites may both have. */
export interface Holding {
  site: string;
  /** Where it is written, as problems name it: `stacks/Pulumi.store-042.yaml`. */
  where: string;
  /** Its network, first and last address, with the prefix length. */
  network: Range & { cidr: string };
  /** Its part of the network, where it is known: the machines' range, and servers that exist. */
  addresses: Range[];
  /** Its range for Services of type LoadBalancer. */
  services?: Range;
  vip?: string;
  /** MAC addresses of the machines that its hypervisor makes. */
  macs: readonly string[];
}

/** What a planned site holds. */
export function holdingOf(plan: SitePlan, where: string): Holding {
  const { hypervisor, network } = plan.spec;
  const { makesMachines } = capabilitiesOf(hypervisor.kind);
  const existing = plan.machines.filter((machine) => machine.existing);
  return {
    site: plan.site,
    where,
    network: networkOf(network.cidr),
    addresses: makesMachines ? [parseRange(network.machines)] : existing.map(({ address }) => parseRange(address)),
    ...(network.serviceAddresses !== undefined && { services: parseRange(network.serviceAddresses) }),
    ...(plan.vip !== undefined && { vip: plan.vip }),
    macs: makesMachines ? macsOf(plan) : [],
  };
}

/** What a site was given of the pool, whose file nobody has here. */
export function givenHolding(site: string, given: Given, where: string): Holding {
  return {
    site,
    where,
    network: networkOf(given.cidr),
    addresses: [parseRange(given.machines ?? given.cidr)],
    ...(given.serviceAddresses !== undefined && { services: parseRange(given.serviceAddresses) }),
    ...(given.apiVip !== undefined && { vip: given.apiVip }),
    macs: [],
  };
}

/** What sites were given of a pool, but for some. */
export function givenHoldings(pool: Pool | undefined, without: ReadonlySet<string>): Holding[] {
  const given = Object.entries(pool?.given ?? {}).filter(([name]) => !without.has(name));
  return given.map(([name, part]) => givenHolding(name, part, `given.${name}`));
}

/** In its one form: `10.0.42.7/24` is the network of `10.0.42.0/24`. */
function networkOf(cidr: string): Holding["network"] {
  return { ...parseRange(cidr), cidr: `${cidr.split("/")[0]}/${prefixLength(cidr)}` };
}

function macsOf(plan: SitePlan): string[] {
  return plan.machines.flatMap((machine) => [
    macAddress(plan, machine),
    ...(machine.cards ?? []).map(({ network }) => macAddress(plan, machine, network)),
  ]);
}
