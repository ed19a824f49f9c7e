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
  /** Every virtual machine or template of the wanted name. */
  templates: TemplateFact[];
  /** Names of all other virtual machines, with their inventory paths: `/DC0/vm/NAME`. */
  machines: { name: string; path: string }[];
  /** Privileges that the account lacks, and on which object. */
  missingPrivileges: { privilege: string; on: string }[];
  licences?: { name: string; expires?: string }[];
  /** Properties that the account may not read: `HostSystem config.storageDevice`. */
  unreadable: string[];
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
}

export interface TemplateFact {
  path: string;
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
