import { rule, stores } from "./rule";

const source = "L2 [B]";

export const etcdHasMemory = rule({
  id: "etcd-memory",
  subject: "etcd",
  scope: "site",
  decided: "by one machine",
  withoutSite: "with etcd",
  sentence: "each etcd member has at least 2 GiB of memory",
  severity: "mandatory",
  source,
  fix: "give each member at least 2 GiB; 8 GiB is usual",
  check: (facts) =>
    stores(facts).flatMap(({ members }) =>
      members
        .filter((m) => m.memoryGiB !== undefined && m.memoryGiB < 2)
        .map((m) => ({ path: `${m.path}.memoryGiB`, message: `${m.name} has ${m.memoryGiB} GiB` })),
    ),
});

export const etcdHasDisk = rule({
  id: "etcd-disk",
  subject: "etcd",
  scope: "site",
  decided: "by one machine",
  withoutSite: "with etcd",
  sentence: "each etcd member has a data disk of its own of at least 8 GiB",
  severity: "mandatory",
  source,
  fix: "give each member a data disk of at least 8 GiB; 20 GiB is usual",
  check: (facts) =>
    stores(facts).flatMap(({ members }) =>
      members.flatMap((m) => {
        const data = m.disks.find((d) => d.name === "data");
        if (!data) return [{ path: `${m.path}.disks`, message: `${m.name} has no data disk` }];
        return data.sizeGiB !== undefined && data.sizeGiB < 8
          ? [{ path: `${m.path}.disks.data`, message: `the data disk of ${m.name} has ${data.sizeGiB} GiB` }]
          : [];
      }),
    ),
});

export const etcdNotOnMagneticDisks = rule({
  id: "etcd-magnetic-disk",
  subject: "etcd",
  scope: "site",
  decided: "by one machine",
  sentence: "etcd lies on solid-state disks; magnetic ones are accepted by name",
  severity: "mandatory",
  source,
  fix: "use an SSD or NVMe device, or set etcd.acceptMagneticDisks: true",
  check: (facts) =>
    stores(facts).flatMap(({ members }) =>
      members.flatMap((m) =>
        m.disks
          .filter((d) => d.name === "data")
          .flatMap((d) => (d.devices ?? []).filter((id) => facts.devices.find((v) => v.id === id)?.media === "hdd"))
          .map((id) => ({
            path: `${m.path}.disks.data`,
            message: `${m.name} lies on ${id}, a magnetic disk: writes wait for it, and a slow member is an unsteady one`,
            ...(facts.accepted.magneticDisks && {
              severity: "advisory" as const,
              fix: "watch etcd's fsync latency; an SSD is better",
            }),
          })),
      ),
    ),
});
