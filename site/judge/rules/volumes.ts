import { listed } from "../../description/listed";
import type { DiskFact, Facts, MachineFact } from "../../facts/model";
import { type Breach, rule, stores } from "./rule";

export const volumesAwayFromEtcd = rule({
  id: "volumes-off-etcd",
  subject: "etcd",
  scope: "site",
  sentence:
    "no worker's volumes lie on a storage device with a member's data, or they have a partition of a redundant one to themselves",
  severity: "mandatory",
  source: "W3, L3 [A, B]",
  fix: "place the worker's disk on a device without etcd, or leave volumesGiB out of its pool",
  check: (facts) => {
    const members = stores(facts).flatMap(({ members: some }) => some);
    return facts.machines
      .filter(({ role }) => role === "worker")
      .flatMap((worker) => {
        const disk = dataDisk(worker);
        return disk ? sharing(facts, worker, disk, members) : [];
      });
  },
});

/** What is written to a volume keeps a member's writes waiting, and a full device ends both. */
function sharing(facts: Facts, worker: MachineFact, disk: DiskFact, members: readonly MachineFact[]): Breach[] {
  return (disk.devices ?? []).flatMap((id) => {
    const redundancy = facts.devices.find((device) => device.id === id)?.redundancy;
    const isRedundant = redundancy !== undefined && redundancy !== "none";
    const others = members.filter((member) => {
      const data = dataDisk(member);
      return data?.devices?.includes(id) && (!isRedundant || data.datastore === disk.datastore);
    });
    if (others.length === 0) return [];
    return [
      {
        path: `${worker.path}.disks.data`,
        message: `the volumes of ${worker.name} lie on ${id}${isRedundant ? ` (datastore ${disk.datastore})` : ""} with the data of ${listed(others.map(({ name }) => name))}`,
      },
    ];
  });
}

function dataDisk({ disks }: MachineFact): DiskFact | undefined {
  return disks.find(({ name }) => name === "data");
}
