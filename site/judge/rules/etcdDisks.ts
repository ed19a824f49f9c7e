import { listed } from "../../description/listed";
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

export const etcdDiskIsFast = rule({
  id: "etcd-fsync",
  subject: "etcd",
  scope: "site",
  decided: "at the end",
  sentence:
    "99 of 100 writes to each member's disk are on it within 10 ms, or within etcd.fsyncMs, measured before etcd first starts",
  severity: "advisory",
  source: "O6 [A, X]",
  fix: "give it a faster device, or one of its own, and see whether its controller's cache writes back; one that is as it should be is accepted by etcd.fsyncMs",
  check: (facts) => {
    const limit = facts.etcd?.fsyncLimitMs;
    return stores(facts).flatMap(({ members }) =>
      members.flatMap((m) => {
        if (limit === undefined || m.fsyncMs === undefined || m.fsyncMs <= limit) return [];
        const devices = m.disks.find(({ name }) => name === "data")?.devices ?? [];
        const where = devices.length > 0 ? ` on ${listed(devices)}` : "";
        return [
          {
            path: `${m.path}.disks.data`,
            message: `a write to the disk of ${m.name}${where} took ${m.fsyncMs} ms (p99 of fsync, measured before etcd first started), and ${limit} ms are allowed`,
          },
        ];
      }),
    );
  },
});
