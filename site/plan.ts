import type { Role, SiteSpec } from "./spec";

/** A virtual disk of a machine and the physical device it ends on. */
export interface DiskPlan {
  /** `system` is the first disk; `data` is etcd's. */
  name: "system" | "data";
  datastore: string;
  device: string;
  sizeGiB: number;
}

/** A machine: a VM to make, or an existing server (`existing` is set). */
export interface MachinePlan {
  /** `<site>-etcd-a`, `<site>-control-plane-a`, `<site>-load-balancer-a`, `<site>-<pool>-a`; host name, node name and member name. */
  name: string;
  role: Role;
  /** The worker pool's name, for workers. */
  pool?: string;
  host: string;
  /** IPv4 address without prefix length. */
  address: string;
  cpus: number;
  memoryGiB: number;
  disks: DiskPlan[];
  /** Hypervisor reservation (L10). */
  reservation: { cpuMHz: number; memoryGiB: number };
  /** The machine's own pod range, for control planes and workers of a `routed` pod network. */
  podCidr?: string;
  /** Failure-domain labels of the node: `topology.kubernetes.io/zone` … (W1). */
  labels: Record<string, string>;
  existing?: { user: string; hostKey: string };
}

/** A DRS anti-affinity rule or a VM-host rule; all are mandatory. */
export type PlacementRule =
  | { kind: "anti-affinity"; name: string; machines: string[] }
  | { kind: "vm-host"; name: string; machines: string[]; hosts: string[] };

export interface SitePlan {
  site: string;
  spec: SiteSpec;
  /** Sorted by name. */
  machines: MachinePlan[];
  etcd: { members: string[]; heartbeatMs: number; electionMs: number; quotaBytes: number };
  /** Where clients reach the API: the VIP or the external balancer. */
  endpoint: { host: string; port: number };
  /** Present for `loadBalancer.kind: haproxy`. */
  vip?: string;
  rules: PlacementRule[];
}
