import type { Domains } from "../description/failureDomains";
import type { HypervisorKind } from "../description/hypervisors";
import type { Media, PodNetwork, Redundancy, Role } from "../description/spec";
import type { PlacementRule } from "../plan/model";
import type { DiskGrowth } from "../render/diskGrowth";
import type { DrillFact } from "./drill";
import type { ObjectFacts, ObjectKind } from "./objects";
/**
 * What rules judge: a site's hardware and machines, whether they come from a plan or from resources that were registered.
 * A field that is left out is not known (yet): a value of a resource that does not exist, or nothing the source tells.
 * Rules say nothing about what is not known.
 */
export interface Facts {
  site: string;
  hypervisor: HypervisorKind;
  hosts: HostFact[];
  devices: DeviceFact[];
  machines: MachineFact[];
  /** Whether the hypervisor's rules can keep machines in their places; left out: those of its kind. */
  hasPlacementRules?: boolean;
  /** DRS rules. */
  placementRules: PlacementRuleFact[];
  apiEndpoint: ApiEndpointFact;
  network: { cidr?: string; gateway?: string; vip?: string; nameservers?: readonly string[] };
  podNetwork?: { kind: PodNetwork["kind"]; enforcesNetworkPolicy: boolean };
  /** What the owner accepts or declares by name. */
  accepted: { magneticDisks: boolean; veryLargeSite: boolean };
  etcd?: { heartbeatMs: number; electionMs: number; quotaBytes: number; rttMs: number; fsyncLimitMs: number };
  /** What events take in an hour at their limits, and how much of their store is for them. Without `mostBytes` they have no limit. */
  events?: { mostBytes?: number; roomBytes: number };
  /** What must keep running after the loss of any host. */
  workload?: { cpus: number; memoryGiB: number };
  /** What the site itself runs on every worker, of what pods could have there; left out: nothing to speak of. */
  onEachWorker?: { cpus: number; memoryGiB: number };
  /** What the site itself runs in namespaces of its own, from other registries, some with more of its nodes than workloads may have. */
  nodeAddOns?: readonly NodeAddOn[];
  /** Namespaces of the description that have a quota, and what their pods may request. */
  quotas?: { namespace: string; cpus: number; memoryGiB: number }[];
  /** All machines as they would be with every pool at its maximum, and the pools that are larger then; left out where none is. */
  atMaximum?: { machines: MachineFact[]; pools: { name: string; maximum: number }[] };
  /**
   * How the site is watched: days that metrics are kept, GiB that they take then; the most that logs may take, where they are kept; MiB that
   * all of it requests on each control plane; and how many routes alerts have. Left out where it is not.
   */
  monitoring?: { retentionDays: number; diskGiB: number; logsGiB: number; memoryMiB: number; routes: number };
  /** What may ever lie on the disks of machines of a role and pool. Left out where machines are not made for the site. */
  growth?: readonly (DiskGrowth & Pick<MachineFact, "role" | "pool">)[];
  /** Keys, certificates, commands, Kubernetes objects. A kind that is left out is not known. */
  objects?: Partial<ObjectFacts>;
  /** Registry and path of the site's own images, if it has one. */
  imageRepository?: string;
  /** The site's own registry, if it has one. */
  registry?: RegistryFact;
  /** What the description says of etcd's backups, and what the owner attests. */
  backup?: BackupFact;
  /** For how many months the site goes on after its last `up`, by what is described. */
  aloneMonths?: number;
  /** What is on record of the last drill of a restore. */
  drill?: DrillFact;
  /** What the owner attests of disks' encryption. */
  encryption?: EncryptionFact;
  /** When the facts are judged, milliseconds; not known to a plan. */
  now?: number;
}

/** An add-on of the site's own in a namespace of its own. */
export interface NodeAddOn {
  namespace: string;
  /** Where its images come from: a registry with a path. */
  registry: string;
  /** What the pods of its DaemonSet share with their node. */
  shares: readonly string[];
  /** Whether they run as root: whoever needs a capability has to. */
  isRoot: boolean;
  /** Whether its namespace lets privileged pods in. */
  isPrivileged: boolean;
}

/** A registry of the site's own: every image comes from there. */
export interface RegistryFact {
  /** Registries whose images lie in it, and what it is called itself, as images' names begin. */
  names: readonly string[];
  /** The machines that have a copy. */
  copies: readonly string[];
}

export interface BackupFact {
  encrypted: boolean;
  /** The host, site or service that holds the copies. */
  copiedTo: string;
  /** When the last one succeeded, RFC 3339. */
  last?: string;
}

export interface EncryptionFact {
  /** Devices that encrypt what lies on them, by their ids. */
  devices?: readonly string[];
  /** vCenter's storage policies that encrypt, by their ids. */
  storagePolicies?: readonly string[];
}

/** The objects of a kind that are known. */
export function objectsOf<K extends ObjectKind>(facts: Facts, kind: K): ObjectFacts[K] {
  return (facts.objects?.[kind] ?? []) as ObjectFacts[K];
}

/** The site's own add-on that a namespace is for. */
export function nodeAddOn({ nodeAddOns = [] }: Facts, namespace: string | null | undefined): NodeAddOn | undefined {
  return nodeAddOns.find((addOn) => addOn.namespace === namespace);
}

/** The same, for what it runs on nodes: its DaemonSet. */
export function nodeAgent(
  facts: Facts,
  { kind, namespace }: { kind: string; namespace?: string | null },
): NodeAddOn | undefined {
  return kind === "DaemonSet" ? nodeAddOn(facts, namespace) : undefined;
}

export interface HostFact extends Domains {
  name: string;
  /** Virtual CPUs and memory that machines may use. */
  cpus?: number;
  memoryGiB?: number;
  reliability?: number;
  ecc?: boolean;
  dualPower?: boolean;
}

export interface DeviceFact {
  id: string;
  media?: Media;
  redundancy?: Redundancy;
  capacityGiB?: number;
  datastores: string[];
  /** Hosts that see it. */
  hosts: string[];
  /** Lies outside its hosts (SAN, vSAN, NFS), and outlives them even where only one sees it. */
  shared?: boolean;
}

export interface MachineFact {
  name: string;
  role: Role;
  pool?: string;
  host?: string;
  address?: string;
  cpus?: number;
  memoryGiB?: number;
  disks: DiskFact[];
  reservation?: { cpuMHz?: number; memoryGiB?: number };
  /** Of a member: milliseconds within which 99 of 100 writes were on its disk, before etcd first started; left out: not measured. */
  fsyncMs?: number;
  /** Where a person finds it: `machines.<name>` in a plan, a URN among resources. */
  path: string;
}

export interface DiskFact {
  name: "system" | "data";
  datastore?: string;
  /** The devices below its datastore; none = the datastore is on no known device; left out = the datastore is not known yet. */
  devices?: string[];
  sizeGiB?: number;
  /** vCenter's storage policy, by its id; `null` = not known yet; left out = none. */
  storagePolicy?: string | null;
}

export interface PlacementRuleFact {
  kind: PlacementRule["kind"];
  name: string;
  machines: string[];
  /** For `vm-host`. */
  hosts?: string[];
  /** A rule that is not mandatory is a wish. */
  mandatory: boolean;
  enabled: boolean;
}

export interface ApiEndpointFact {
  kind: "haproxy" | "external" | "dns" | "none";
  host?: string;
}
