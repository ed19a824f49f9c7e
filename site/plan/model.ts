import type { Role, SiteSpec } from "../description/spec";
import type { Need } from "./layout/slots";
/** A virtual disk of a machine and the physical device it ends on. */
export interface DiskPlan {
  /** `system` is the first disk, its datastore is the VM's; `data` is etcd's of a member, and a worker's for volumes. */
  name: "system" | "data";
  datastore: string;
  device: string;
  sizeGiB: number;
}

/** A network card of a machine, beside its first one. */
export interface CardPlan {
  /** Name of one of `hypervisor.networks`. */
  network: string;
  /** IPv4 address without prefix length. */
  address: string;
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
  /** The system disk first. */
  disks: DiskPlan[];
  /** Hypervisor reservation (L10). */
  reservation: { cpuMHz: number; memoryGiB: number };
  /** In further networks, in the order of their names; left out where there is none. */
  cards?: CardPlan[];
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

/** A machine that this plan would put elsewhere than where it runs. */
export interface Move {
  machine: string;
  from: { host: string; datastores: string[] };
  to: { host: string; datastores: string[] };
  why: string;
}

/** The members of a store and what follows from their number, size and distance (C3). */
export interface StorePlan extends EtcdTuning {
  members: string[];
  /** The largest round trip between two members. */
  rttMs: number;
}

/** The version of a plan as a stack's state has it, which the policy pack and later runs read. */
export const PLAN_VERSION = 1;

export interface SitePlan {
  site: string;
  /** With the counts that the planner chose filled in. */
  spec: SiteSpec;
  /** Sorted by name. */
  machines: MachinePlan[];
  etcd: StorePlan;
  /** A store of its own for events (L9). */
  events?: StorePlan;
  /** A store for a network add-on that needs etcd (L9). */
  networkStore?: StorePlan;
  /** Where clients reach the API: the VIP, the external balancer or the DNS name. */
  endpoint: { host: string; port: number };
  /** Present for `loadBalancer.kind: haproxy`. */
  vip?: string;
  rules: PlacementRule[];
  /** The ways to the pods of nodes that have left, or leave with this plan: nobody has them since. Not there if there are none. */
  left?: PodRoute[];
  /** Against an earlier plan: what would have to move, and why. */
  moves: Move[];
  /** Groups of machines that found no place with all they need; the rules say what that breaks. */
  shortages: Shortage[];
}

/** The way to a node's pods. */
export interface PodRoute {
  podCidr: string;
  /** The node's address. */
  address: string;
}

/** What an earlier plan has to say: a `SitePlan`, a saved one, or what `groundwork plan --json` printed. */
export interface EarlierPlan {
  machines: readonly EarlierMachine[];
}

export interface EarlierMachine extends Pick<MachinePlan, "name" | "host" | "address" | "cards" | "podCidr"> {
  disks: readonly (Pick<DiskPlan, "name" | "datastore"> & { device?: string; sizeGiB?: number })[];
}

export interface EtcdTuning {
  heartbeatMs: number;
  electionMs: number;
  quotaBytes: number;
}

/** A group that found no place with everything it needs, and what was let go of. */
export interface Shortage {
  group: string;
  dropped: Need[];
}
