/** What a lab's datacenter consists of; the simulator reads it from a file. */
export interface Inventory {
  datacenter: string;
  cluster: string;
  hosts: { name: string; cpus: number; cpuMHz?: number; memoryGiB: number }[];
  /** Physical storage devices by canonical id. Without `hosts`, every host sees the device. */
  devices: { id: string; media?: string; capacityGiB?: number; hosts?: string[] }[];
  /** VMFS datastores, each with its extent on one device. */
  datastores: { name: string; device: string }[];
  /** Standard port groups, on every host. */
  networks: string[];
  /** Virtual machine folders. */
  folders?: string[];
  template: Template;
  /** Further templates of the same hardware, each with a machine image of its own. */
  moreTemplates?: Pick<Template, "name" | "image">[];
}

/** The virtual machine that others are cloned from, and the container image behind it. */
export interface Template {
  name: string;
  /** Docker's name of the image. */
  image: string;
  cpus?: number;
  memoryGiB?: number;
  /** Size of the first disk as the API states it. */
  diskGiB?: number;
  guestId?: string;
  /** A folder or a tar file with what a new system disk holds, by its path in the guest. Default: nothing. */
  seed?: string;
  /** The guest's folders that lie on its first disk. Default: containerd's, the kubelet's and the logs'. */
  systemFolders?: string[];
  /** Where its further disks are mounted, in their order. Default: `/var/lib/etcd`. */
  dataFolders?: string[];
}

/** The part of a site that says what hardware there is. Written by hand or parsed, with or without its defaults. */
export interface SiteHardware {
  hypervisor: {
    kind: string;
    datacenter?: string;
    cluster?: string;
    template?: string;
    network?: string;
    folder?: string;
  };
  hosts: {
    name: string;
    cpus: number;
    cpuMHz?: number;
    memoryGiB: number;
    devices?: { id: string; media?: string; capacityGiB?: number; datastore?: string; datastores?: string[] }[];
  }[];
  sharedStorage?: { id: string; media?: string; capacityGiB?: number; datastores: string[]; hosts?: string[] }[];
}

/**
 * The datacenter that a site's configuration describes.
 *
 * @param image Docker's name of the machine image
 * @param template what else is known of the template
 */
export function inventoryOf(site: SiteHardware, image: string, template: Partial<Template> = {}): Inventory {
  const { hypervisor } = site;
  const devices: Inventory["devices"] = [];
  const datastores: Inventory["datastores"] = [];
  const add = (device: Inventory["devices"][number], names: string[]): void => {
    devices.push(device);
    datastores.push(...names.map((name) => ({ name, device: device.id })));
  };
  for (const { name: host, devices: own = [] } of site.hosts)
    for (const { id, media, capacityGiB, datastore, datastores: names } of own)
      add({ id, media, capacityGiB, hosts: [host] }, names ?? (datastore === undefined ? [] : [datastore]));
  for (const { id, media, capacityGiB, datastores: names, hosts } of site.sharedStorage ?? [])
    add({ id, media, capacityGiB, hosts }, names);
  return {
    datacenter: hypervisor.datacenter ?? "DC0",
    cluster: hypervisor.cluster ?? "C0",
    hosts: site.hosts.map(({ name, cpus, cpuMHz, memoryGiB }) => ({ name, cpus, cpuMHz, memoryGiB })),
    devices,
    datastores,
    networks: [hypervisor.network ?? "VM Network"],
    folders: hypervisor.folder === undefined ? undefined : [hypervisor.folder],
    template: { ...template, name: hypervisor.template ?? "groundwork-node", image },
  };
}
