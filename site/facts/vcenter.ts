/**
 * What a vCenter says of the place in which a site is to be made. What the account may not read is left out, and named in
 * `unreadable`; nothing is judged by what is not known. Names are as vCenter keeps them: see `storedName`.
 */
export interface VcenterFacts {
  /** Product and build, as vCenter writes it. */
  product: string;
  /** Name of the cluster that was found; left out where there is none of that name. */
  cluster?: ClusterFact;
  hosts: VcenterHost[];
  datastores: VcenterDatastore[];
  networks: VcenterNetwork[];
  /** Every virtual machine or template of a wanted name. */
  templates: TemplateFact[];
  /** All other virtual machines. */
  machines: MachineInVcenter[];
  /** Privileges that the account lacks, and on which object. */
  missingPrivileges: { privilege: string; on: string }[];
  licences?: { name: string; expires?: string }[];
  /** Properties that the account may not read: `HostSystem config.storageDevice`. */
  unreadable: string[];
}

/** A virtual machine; of those that have a name of the plan, what vCenter knows of the guest, too. */
export interface MachineInVcenter {
  name: string;
  /** In the inventory: `/DC0/vm/NAME`. */
  path: string;
  /** The site that its annotation names. */
  site?: string;
  /** `connected`, or why vCenter does not reach it: `disconnected`, `inaccessible`, `invalid`, `orphaned`. */
  connection?: string;
  poweredOn?: boolean;
  /** When it was switched on last, by vCenter's clock: ISO 8601. */
  bootedAt?: string;
  /** What it waits for somebody to answer. */
  question?: string;
  toolsRun?: boolean;
  /** The address that the tools tell. */
  address?: string;
  /** Whether what it was told for its first boot is there still, its private SSH host key among it. */
  keepsUserdata?: boolean;
}

export interface ClusterFact {
  name: string;
  drs?: boolean;
  /** vSphere HA, and whether it refuses to power on what it could not restart. */
  ha?: { enabled: boolean; admissionControl: boolean };
}

export interface VcenterHost {
  name: string;
  /** The host's own id. */
  id: string;
  inCluster: boolean;
  connection?: "connected" | "disconnected" | "notResponding";
  maintenance?: boolean;
  /** Ids of the networks it has. */
  networks: string[];
}

export interface VcenterDatastore {
  name: string;
  kind: string;
  accessible?: boolean;
  maintenance?: boolean;
  freeGiB?: number;
  capacityGiB?: number;
  /** Names of the hosts that mount it. */
  hosts: string[];
  /** Names of the disks below a VMFS datastore; empty for other kinds. */
  extents: string[];
}

export interface VcenterNetwork {
  id: string;
  name: string;
  kind: "standard" | "distributed" | "opaque";
  /** Of a distributed port group, the name of its switch. */
  distributedSwitch?: string;
}

export interface TemplateFact {
  name: string;
  /** In the inventory: `/DC0/vm/NAME`. */
  path: string;
  /** `connected`, or why vCenter does not reach it. */
  connection?: string;
  isTemplate: boolean;
  poweredOn?: boolean;
  firmware?: "bios" | "efi";
  secureBoot?: boolean;
  /** `vmx-19`. */
  hardwareVersion?: string;
  vtpm?: boolean;
  snapshots?: boolean;
  /** Whether VMware's tools are in it, as far as vCenter knows. */
  tools?: boolean;
  disks?: { sizeGiB: number; controller: "scsi" | "nvme" | "sata" | "ide" | "unknown" }[];
  /** Path of an image in its CD-ROM drive: `[datastore] debian.iso`. */
  iso?: string;
  datastores: string[];
}
