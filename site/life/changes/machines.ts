import { meaningOf } from "../../description/changes/table";
import { capabilitiesOf, vcenterOf } from "../../description/hypervisors";
import { contains, parseRange, prefixLength, toNumber } from "../../description/ipv4";
import type { Problem } from "../../description/problem";
import type { MachinePlan, SitePlan } from "../../plan/model";
import type { Before } from "./model";

type Standing = Before["machines"][number];

/** A site of another name, where only its machines tell how it is called. */
export function strangers(plan: SitePlan, { machines }: Before): Problem[] {
  const { makesMachines } = capabilitiesOf(plan.spec.hypervisor.kind);
  const [first] = machines;
  if (!makesMachines || first === undefined || machines.some(({ name }) => name.startsWith(`${plan.site}-`))) return [];
  return [refused("name", `${plan.site} is not the site that runs, whose machines are ${first.name} and others`)];
}

/** What machines that run cannot become. */
export function machineProblems(plan: SitePlan, before: Before): Problem[] {
  const standing = new Map(before.machines.map((machine) => [machine.name, machine]));
  const both = plan.machines.flatMap((machine): [MachinePlan, Standing][] => {
    const was = standing.get(machine.name);
    return was === undefined ? [] : [[machine, was]];
  });
  return [
    ...outOfRange(plan, both),
    ...outOfFurtherRange(plan, both),
    ...podRanges(plan, both),
    ...both.flatMap(([machine, was]) => [
      ...changedServer(machine, was),
      ...shrunkDisks(plan, machine, was),
      ...volumesLeftOut(machine, was),
    ]),
    ...takenAddresses(plan, before),
  ];
}

function outOfRange({ spec }: SitePlan, both: readonly [MachinePlan, Standing][]): Problem[] {
  const range = parseRange(spec.network.machines);
  const out = both.filter(([{ existing }, { address }]) => !existing && !contains(range, toNumber(address)));
  if (out.length === 0) return [];
  const named = out.map(([{ name }, { address }]) => `${name} (${address})`);
  return [refused("network.machines", `${spec.network.machines} leaves out ${some(named)}`)];
}

/** The same of the addresses in each further network. */
function outOfFurtherRange({ spec }: SitePlan, both: readonly [MachinePlan, Standing][]): Problem[] {
  return (vcenterOf(spec.hypervisor)?.networks ?? []).flatMap(({ name: network, machines }, index) => {
    const range = parseRange(machines);
    const out = both.flatMap(([machine, was]) => {
      if (!machine.cards?.some((card) => card.network === network)) return [];
      const had = was.cards?.find((card) => card.network === network);
      return had === undefined || contains(range, toNumber(had.address)) ? [] : [`${machine.name} (${had.address})`];
    });
    if (out.length === 0) return [];
    const path = `hypervisor.networks[${index}].machines`;
    return [refused(path, `${machines} leaves out ${some(out)}`, "hypervisor.networks[].machines")];
  });
}

function some(names: readonly string[]): string {
  return `${names.slice(0, 5).join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
}

/** Parts of the pods' network that nodes have, and would not have any more: what a state tells that says nothing else of it. */
function podRanges({ spec }: SitePlan, both: readonly [MachinePlan, Standing][]): Problem[] {
  const { podCidr, nodePodPrefix } = spec.network;
  const range = parseRange(podCidr);
  const parts = both.flatMap(([machine, was]) => (machine.podCidr && was.podCidr ? [was.podCidr] : []));
  const outside = parts.find((part) => !contains(range, toNumber(part)));
  const resized = parts.find((part) => prefixLength(part) !== nodePodPrefix);
  return [
    ...(outside ? [refused("network.podCidr", `${podCidr} does not hold ${outside}, which a node has`)] : []),
    ...(resized
      ? [refused("network.nodePodPrefix", `${nodePodPrefix} is not that of ${resized}, which a node has`)]
      : []),
  ];
}

function changedServer(machine: MachinePlan, was: Standing): Problem[] {
  const [path, setting] = [`machines.${machine.name}`, "machines[]"];
  return [
    ...(was.role !== undefined && was.role !== machine.role
      ? [refused(path, `its role is ${was.role} and would be ${machine.role}`, `${setting}.role`)]
      : []),
    ...(machine.existing && was.address !== machine.address
      ? [refused(path, `it is at ${was.address} and would be at ${machine.address}`, `${setting}.address`)]
      : []),
  ];
}

function shrunkDisks({ spec }: SitePlan, machine: MachinePlan, was: Standing): Problem[] {
  if (!capabilitiesOf(spec.hypervisor.kind).makesMachines) return [];
  return machine.disks.flatMap(({ name, sizeGiB }) => {
    const before = was.disks.find((disk) => disk.name === name)?.sizeGiB;
    return before === undefined || sizeGiB >= before
      ? []
      : [
          refused(
            `machines.${machine.name}`,
            `its ${name} disk has ${before} GiB and would have ${sizeGiB}`,
            name === "data" && machine.role === "worker" ? "workers[].volumesGiB" : "etcd.diskGiB",
          ),
        ];
  });
}

/** A worker would be made anew without the disk that claims may have volumes on. */
function volumesLeftOut({ name, role, disks }: MachinePlan, was: Standing): Problem[] {
  const isData = (disk: { name: string }) => disk.name === "data";
  const before = was.disks.find(isData);
  if (role !== "worker" || before === undefined || disks.some(isData)) return [];
  const size = before.sizeGiB === undefined ? "" : `, ${before.sizeGiB} GiB,`;
  return [refused(`machines.${name}`, `its disk for volumes${size} would be left out`, "workers[].volumesGiB")];
}

/** A machine that leaves is there until everything else is done: nobody else gets its address meanwhile. */
function takenAddresses(plan: SitePlan, before: Before): Problem[] {
  const planned = new Map(plan.machines.map((machine) => [machine.address, machine]));
  const stays = new Set(plan.machines.map(({ name }) => name));
  const stood = new Set(before.machines.map(({ name }) => name));
  return before.machines.flatMap((leaving): Problem[] => {
    const next = planned.get(leaving.address);
    if (stays.has(leaving.name) || next === undefined || stood.has(next.name)) return [];
    return [
      {
        path: `machines.${next.name}`,
        fact: `it would be made at ${leaving.address} while ${leaving.name}, which leaves, still has that address`,
        fix: `let ${leaving.name} leave in an \`up\` of its own first`,
      },
    ];
  });
}

function refused(path: string, fact: string, setting = path): Problem {
  const meaning = meaningOf(setting);
  if (meaning.is !== "never") throw new Error(`site/description/changes: ${setting} is not one that is refused`);
  return { path, fact: `${fact}: ${meaning.says}`, fix: meaning.fix };
}
