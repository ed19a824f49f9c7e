import type { Role, SiteSpec } from "../../description/spec";
import { STORES } from "../../description/stores";

/** Something that a site asks of its hardware. `without` is the same site as if it were granted. */
export interface Requirement {
  sentence: string;
  /** Rules that do not count without it. */
  rules: readonly string[];
  /** Roles whose machines may lie together without it. */
  together?: readonly Role[];
  without?(spec: SiteSpec): SiteSpec;
}

const PLENTY = 1_000_000;

/** Everything that a site asks of its hardware, what an owner can change most easily last. */
export function requirements(spec: SiteSpec): Requirement[] {
  const stores = [
    `${spec.etcd.members ?? 3} etcd members`,
    ...(spec.etcd.events ? [`${spec.etcd.events.members} events members`] : []),
    ...(spec.etcd.networkStore ? [`${spec.etcd.networkStore.members} members of the network add-on's store`] : []),
  ];
  return [
    {
      sentence: `a device of its own for each of ${stores.join(" and of ")}`,
      rules: ["etcd-distinct-devices"],
      without: withPartitions,
    },
    { sentence: "no host with a majority of etcd", rules: ["etcd-host-majority"], together: STORES },
    {
      sentence: "control planes on different hosts",
      rules: ["control-planes-different-hosts"],
      together: ["control-plane"],
    },
    {
      sentence: "load balancers on different hosts",
      rules: ["load-balancers-different-hosts"],
      together: ["load-balancer"],
    },
    {
      sentence: "no magnetic disk below etcd",
      rules: ["etcd-magnetic-disk"],
      without: (s) => ({ ...s, etcd: { ...s.etcd, acceptMagneticDisks: true } }),
    },
    { sentence: "the devices' capacity", rules: ["device-space"], without: withoutCapacities },
    { sentence: "the hosts' CPUs", rules: ["host-cpus"], without: (s) => eachHost(s, () => ({ cpus: PLENTY })) },
    {
      sentence: "the hosts' memory",
      rules: ["host-memory"],
      without: (s) => eachHost(s, () => ({ memoryGiB: PLENTY, hypervisorMemoryGiB: undefined })),
    },
    {
      sentence: "the workload without any one host",
      rules: ["n-1-capacity"],
      without: (s) => ({ ...s, workload: undefined }),
    },
    { sentence: "the owner's own placements", rules: [], without: withoutPlacements },
  ];
}

export function eachHost(
  spec: SiteSpec,
  change: (host: SiteSpec["hosts"][number]) => Partial<SiteSpec["hosts"][number]>,
): SiteSpec {
  return { ...spec, hosts: spec.hosts.map((host) => ({ ...host, ...change(host) })) };
}

export function withoutPlacements(spec: SiteSpec): SiteSpec {
  return {
    ...spec,
    overrides: [],
    etcd: { ...spec.etcd, placement: {} },
    controlPlanes: { ...spec.controlPlanes, placement: {} },
    loadBalancer: spec.loadBalancer.kind === "haproxy" ? { ...spec.loadBalancer, placement: {} } : spec.loadBalancer,
    workers: spec.workers.map((pool) => ({ ...pool, placement: {} })),
  };
}

function withoutCapacities(spec: SiteSpec): SiteSpec {
  const endless = <T extends { capacityGiB?: number }>(devices: T[]) =>
    devices.map((d) => ({ ...d, capacityGiB: undefined }));
  return { ...eachHost(spec, (h) => ({ devices: endless(h.devices) })), sharedStorage: endless(spec.sharedStorage) };
}

/** Every device as good as one for each member: redundant, with a partition for each. Its capacity stays what it is. */
function withPartitions(spec: SiteSpec): SiteSpec {
  const parted = <T extends { id: string; datastore?: string; datastores?: string[] }>(device: T): T => ({
    ...device,
    redundancy: "mirror",
    datastore: undefined,
    datastores: [
      ...(device.datastore === undefined ? [] : [device.datastore]),
      ...(device.datastores ?? []),
      ...Array.from({ length: 9 }, (_, i) => `partition ${device.id} ${i + 1}`),
    ],
  });
  return {
    ...eachHost(spec, (h) => ({ devices: h.devices.map(parted) })),
    sharedStorage: spec.sharedStorage.map(parted),
  };
}

/** Devices as one would buy them. */
export function boughtDevices(host: string, count: number, from = 1): SiteSpec["hosts"][number]["devices"] {
  return Array.from({ length: count }, (_, i) => ({
    id: `bought:${host}:${from + i}`,
    media: "ssd" as const,
    redundancy: "none" as const,
    datastore: `bought ${host} ${from + i}`,
  }));
}
