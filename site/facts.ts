import { datastoresOf } from "./consistency/storage";
import { backupFact } from "./facts/backup";
import type { DrillFact } from "./facts/drill";
import type { ObjectFacts, ObjectKind } from "./facts/objects";
import { usableMemory } from "./inventory";
import type { MachinePlan, PlacementRule, SitePlan } from "./plan";
import type { Media, PodNetwork, Redundancy, Role, SiteSpec } from "./spec";

/**
 * What rules judge: a site's hardware and machines, whether they come from a plan or from resources that were registered.
 * A field that is left out is not known (yet): a value of a resource that does not exist, or nothing the source tells.
 * Rules say nothing about what is not known.
 */
export interface Facts {
  site: string;
  hypervisor: "vsphere" | "existing";
  hosts: HostFact[];
  devices: DeviceFact[];
  machines: MachineFact[];
  /** DRS rules. */
  placementRules: PlacementRuleFact[];
  apiEndpoint: ApiEndpointFact;
  network: { cidr?: string; gateway?: string; vip?: string };
  podNetwork?: { kind: PodNetwork["kind"]; enforcesNetworkPolicy: boolean };
  /** What the owner accepts or declares by name. */
  accepted: { magneticDisks: boolean; veryLargeSite: boolean };
  etcd?: { heartbeatMs: number; electionMs: number; quotaBytes: number; rttMs: number };
  /** What must keep running after the loss of any host. */
  workload?: { cpus: number; memoryGiB: number };
  /** Keys, certificates, commands, Kubernetes objects. A kind that is left out is not known. */
  objects?: Partial<ObjectFacts>;
  /** Registry and path of the site's own images, if it has one. */
  imageRepository?: string;
  /** What the description says of etcd's backups, and what the owner attests. */
  backup?: BackupFact;
  /** What is on record of the last drill of a restore. */
  drill?: DrillFact;
  /** What the owner attests of disks' encryption. */
  encryption?: EncryptionFact;
  /** When the facts are judged, milliseconds; not known to a plan. */
  now?: number;
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

export interface HostFact {
  name: string;
  /** Virtual CPUs and memory that machines may use. */
  cpus?: number;
  memoryGiB?: number;
  reliability?: number;
  ecc?: boolean;
  dualPower?: boolean;
  rack?: string;
  room?: string;
  feed?: string;
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

/** The facts of a plan. */
export function factsOfPlan(plan: SitePlan): Facts {
  const { spec } = plan;
  return {
    site: plan.site,
    hypervisor: spec.hypervisor.kind,
    ...hardwareFacts(spec),
    machines: plan.machines.map(machineFact),
    placementRules: plan.rules.map((rule) => ({ ...rule, mandatory: true, enabled: true })),
    apiEndpoint: { kind: spec.loadBalancer.kind, host: plan.endpoint.host },
    network: { cidr: spec.network.cidr, gateway: spec.network.gateway, vip: plan.vip },
    podNetwork: podNetworkFact(spec.kubernetes.podNetwork),
    accepted: { magneticDisks: spec.etcd.acceptMagneticDisks, veryLargeSite: spec.etcd.veryLargeSite },
    etcd: timers(plan),
    workload: spec.workload,
    ...(spec.backup && { backup: backupFact(spec.backup) }),
    ...(spec.kubernetes.imageRepository !== undefined && { imageRepository: spec.kubernetes.imageRepository }),
  };
}

/** What a site's description says of its hosts and devices: the inventory that registered machines are judged by, too. */
export function hardwareFacts(spec: SiteSpec): Pick<Facts, "hosts" | "devices"> {
  const hosts = spec.hosts.map(
    (host): HostFact => ({
      name: host.name,
      cpus: Math.floor(host.cpus * spec.capacity.cpuOvercommit),
      memoryGiB: usableMemory(spec, host),
      reliability: host.reliability,
      ecc: host.ecc,
      ...(host.power && { dualPower: host.power === "dual" }),
      rack: host.rack,
      room: host.room,
      feed: host.feed,
    }),
  );
  const local = spec.hosts.flatMap((host) =>
    host.devices.map((d) => ({
      id: d.id,
      media: d.media,
      redundancy: d.redundancy,
      capacityGiB: d.capacityGiB,
      datastores: datastoresOf(d),
      hosts: [host.name],
    })),
  );
  const everyHost = spec.hosts.map((h) => h.name);
  const shared = spec.sharedStorage.map((s) => ({
    id: s.id,
    media: s.media,
    redundancy: s.redundancy,
    capacityGiB: s.capacityGiB,
    datastores: datastoresOf(s),
    hosts: s.hosts ?? everyHost,
    shared: true,
  }));
  return { hosts, devices: [...local, ...shared] };
}

/** Whether NetworkPolicy objects have any effect. */
export function podNetworkFact(network: PodNetwork): NonNullable<Facts["podNetwork"]> {
  const enforces = network.kind === "cilium" || (network.kind === "manifest" && network.enforcesNetworkPolicy);
  return { kind: network.kind, enforcesNetworkPolicy: enforces };
}

function machineFact(machine: MachinePlan): MachineFact {
  return {
    name: machine.name,
    role: machine.role,
    pool: machine.pool,
    host: machine.host,
    address: machine.address,
    cpus: machine.cpus,
    memoryGiB: machine.memoryGiB,
    disks: machine.disks.map((d) => ({
      name: d.name,
      datastore: d.datastore,
      devices: [d.device],
      sizeGiB: d.sizeGiB,
    })),
    reservation: machine.reservation,
    path: `machines.${machine.name}`,
  };
}

function timers({ spec, etcd: { heartbeatMs, electionMs, quotaBytes, rttMs } }: SitePlan) {
  return { heartbeatMs, electionMs, quotaBytes, rttMs: Math.max(rttMs, spec.network.rttMs) };
}
