import { byName } from "../../site/description/order";
import type { Facts, MachineFact } from "../../site/facts/model";
import { type Block, heading, paragraph, strong, table, type Words } from "./nodes";

/** What machines take. */
export interface Demand {
  machines: number;
  cpus: number;
  memoryGiB: number;
  diskGiB: number;
}

/** What the machines of a host take of it, before and after. */
export interface HostDemand {
  host: string;
  before: Demand;
  after: Demand;
  /** What machines may use there. */
  has: { cpus?: number; memoryGiB?: number };
}

/** What a change costs: a row for each host, and how much that is in all. */
export interface Demands {
  hosts: HostDemand[];
  before: Demand;
  after: Demand;
}

export function demandsOf(before: Facts | undefined, after: Facts | undefined): Demands {
  const names = [before, after].flatMap((facts) => facts?.hosts.map(({ name }) => name) ?? []);
  const machines = (facts: Facts | undefined, host?: string) =>
    demandOf(facts?.machines.filter((machine) => host === undefined || machine.host === host) ?? []);
  const hosts = [...new Set(names)].sort(byName).map((host) => {
    const { cpus, memoryGiB } = (after ?? before)?.hosts.find(({ name }) => name === host) ?? {};
    return {
      host,
      before: machines(before, host),
      after: machines(after, host),
      has: { ...(cpus !== undefined && { cpus }), ...(memoryGiB !== undefined && { memoryGiB }) },
    };
  });
  return { hosts, before: machines(before), after: machines(after) };
}

function demandOf(machines: readonly MachineFact[]): Demand {
  const sum = (of: (machine: MachineFact) => number | undefined) =>
    machines.reduce((total, machine) => total + (of(machine) ?? 0), 0);
  return {
    machines: machines.length,
    cpus: sum(({ cpus }) => cpus),
    memoryGiB: sum(({ memoryGiB }) => memoryGiB),
    diskGiB: sum(({ disks }) => disks.reduce((total, { sizeGiB }) => total + (sizeGiB ?? 0), 0)),
  };
}

/** What a change costs, host by host where that differs. */
export function demandBlocks({ hosts, before, after }: Demands): Block[] {
  if (before.machines + after.machines === 0) return [];
  const title = heading(3, "What it takes from the hosts");
  const changed = hosts.filter((host) => differs(host.before, host.after));
  if (changed.length === 0) {
    const { machines, cpus, memoryGiB, diskGiB } = after;
    return [
      title,
      paragraph(
        `As before: ${machines} machines with ${cpus} CPUs, ${memoryGiB} GiB of memory and ${diskGiB} GiB of disks.`,
      ),
    ];
  }
  const row = (name: string, was: Demand, is: Demand, has: HostDemand["has"]): Words[] => [
    name,
    fromTo(was.machines, is.machines),
    fromTo(was.cpus, is.cpus, has.cpus),
    fromTo(was.memoryGiB, is.memoryGiB, has.memoryGiB),
    fromTo(was.diskGiB, is.diskGiB),
  ];
  return [
    title,
    table(
      ["Host", "Machines", "CPUs", "Memory, GiB", "Disks, GiB"],
      [...changed.map((host) => row(host.host, host.before, host.after, host.has)), row("all", before, after, {})],
    ),
  ];
}

function differs(a: Demand, b: Demand): boolean {
  return (Object.keys(a) as (keyof Demand)[]).some((what) => a[what] !== b[what]);
}

function fromTo(was: number, is: number, of?: number): Words {
  const limit = of === undefined ? "" : ` of ${of}`;
  return was === is ? `${is}${limit}` : [`${was} → `, strong(String(is)), limit];
}
