import { capabilitiesOf } from "../hypervisors";
import { hasLocalVolumes } from "../localVolumes";
import type { Problem } from "../problem";
import type { SiteSpec } from "../spec";

/** Volumes without a disk, and servers of which nobody says which disk is meant. */
export function consistentLocalVolumes(spec: SiteSpec): Problem[] {
  if (!hasLocalVolumes(spec)) return [];
  if (spec.workers.every(({ volumesGiB }) => volumesGiB === undefined))
    return [
      {
        path: "addons.localVolumes",
        fact: "no worker has a disk for volumes",
        fix: "give a pool of workers volumesGiB, or leave it out",
      },
    ];
  return capabilitiesOf(spec.hypervisor.kind).makesMachines ? [] : unnamedDisks(spec);
}

/** A server may have several disks, and the one that fails is told by its name. */
function unnamedDisks({ machines, workers }: SiteSpec): Problem[] {
  return machines.flatMap(({ role, pool, datastore }, i) => {
    const has = workers.some(({ name, volumesGiB }) => name === pool && volumesGiB !== undefined);
    return role !== "worker" || !has || datastore !== undefined
      ? []
      : [
          {
            path: `machines[${i}].datastore`,
            fact: "its pool has volumesGiB, and nobody says on which device its volumes lie",
            fix: "name the datastore of that device of its host",
          },
        ];
  });
}
