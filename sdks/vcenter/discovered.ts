import type { Media } from "../../site/description/spec";

/** How a device was found: from the datastore by its extent to the disk. */
export interface Evidence {
  datastore: string;
  datastoreId: string;
  type: string;
  /** The file system's id. */
  volume?: string;
  extents: { disk: string; partition?: number }[];
  model?: string;
  hosts: string[];
}

export interface DiscoveredDevice {
  id: string;
  /** Left out where no host tells it. */
  media?: Media;
  capacityGiB?: number;
  datastores: string[];
  evidence: Evidence[];
}

/** What vCenter tells of a host; a host that is disconnected may have no numbers. */
export interface DiscoveredHost {
  name: string;
  cpus?: number;
  cpuMHz?: number;
  memoryGiB?: number;
  devices: DiscoveredDevice[];
}

export interface SharedDevice extends DiscoveredDevice {
  kind: "san" | "vsan" | "nfs";
  hosts: string[];
}

/** What vCenter knows of a site's hardware. */
export interface Hardware {
  product: string;
  hosts: DiscoveredHost[];
  sharedStorage: SharedDevice[];
  /** What a person must look at. */
  notes: string[];
}
