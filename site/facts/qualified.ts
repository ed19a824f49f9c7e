import type { QualifiedDisk } from "../life/qualifiedDisk";
import type { Facts } from "./model";

/** A member, and what was measured of its disk: as the site's outputs have it. */
export interface Measured {
  name: string;
  disk?: Pick<QualifiedDisk, "p99Ms">;
}

/** The same facts, with what was measured of members' disks. */
export function withQualifiedDisks(facts: Facts, members: readonly Measured[]): Facts {
  const took = new Map(members.flatMap(({ name, disk }) => (disk ? [[name, disk.p99Ms] as const] : [])));
  if (took.size === 0) return facts;
  const machines = facts.machines.map((machine) => {
    const fsyncMs = took.get(machine.name);
    return fsyncMs === undefined ? machine : { ...machine, fsyncMs };
  });
  return { ...facts, machines };
}
