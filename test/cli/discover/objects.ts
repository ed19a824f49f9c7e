import type { Denial, ManagedObject, Session } from "../../../sdks/vcenter/session";
import { escapeXml, parseXml } from "../../../sdks/vcenter/xml";

const GIB = 2 ** 30;

/** A disk as a host describes it. */
export interface Disk {
  id: string;
  ssd?: boolean;
  local?: boolean;
  vendor?: string;
}

/** An object of an inventory: properties are XML, as vCenter writes them. */
function object(
  type: string,
  id: string,
  properties: Record<string, string | undefined>,
  denied?: Denial[],
): ManagedObject {
  const known = Object.entries(properties).flatMap(([name, xml]) => {
    const element = xml === undefined ? undefined : parseXml(`<val>${xml}</val>`);
    return element ? [[name, element] as const] : [];
  });
  return { type, id, properties: new Map(known), ...(denied && { denied }) };
}

export function named(type: string, id: string, name: string, parent?: string): ManagedObject {
  return object(type, id, { name: escapeXml(name), parent });
}

export function host(
  id: string,
  name: string,
  parent: string,
  disks: readonly Disk[] | undefined,
  {
    state = "connected",
    maintenance = false,
    hardware = true,
    denied,
  }: {
    state?: string;
    maintenance?: boolean;
    hardware?: boolean;
    denied?: Denial[];
  } = {},
): ManagedObject {
  const luns = disks?.map(
    (disk) =>
      `<ScsiLun><canonicalName>${disk.id}</canonicalName><vendor>${disk.vendor ?? "ATA"}</vendor><model>Disk</model>` +
      (disk.ssd === undefined ? "" : `<ssd>${disk.ssd}</ssd>`) +
      (disk.local === undefined ? "" : `<localDisk>${disk.local}</localDisk>`) +
      `<capacity><blockSize>512</blockSize><block>${(900 * GIB) / 512}</block></capacity></ScsiLun>`,
  );
  return object(
    "HostSystem",
    id,
    {
      name: escapeXml(name),
      parent,
      "summary.hardware": hardware
        ? `<numCpuCores>16</numCpuCores><cpuMhz>2400</cpuMhz><memorySize>${128 * GIB}</memorySize>`
        : undefined,
      "config.storageDevice.scsiLun": luns?.join(""),
      "runtime.connectionState": state,
      "runtime.inMaintenanceMode": String(maintenance),
    },
    denied,
  );
}

export function datastore(
  id: string,
  name: string,
  type: string,
  info: string,
  hosts: readonly string[],
  denied?: Denial[],
): ManagedObject {
  const mounts = hosts.map((key) => `<DatastoreHostMount><key>${key}</key></DatastoreHostMount>`).join("");
  const summary = `<type>${type}</type><capacity>${800 * GIB}</capacity><url>ds:///vmfs/volumes/${id}/</url>`;
  return object("Datastore", id, { name: escapeXml(name), summary, info, host: mounts }, denied);
}

export function vmfs(...disks: string[]): string {
  const extents = disks.map((disk) => `<extent><diskName>${disk}</diskName><partition>3</partition></extent>`);
  return `<vmfs><uuid>5f1e-${disks.length}</uuid>${extents.join("")}</vmfs>`;
}

export function nas(remoteHost: string, remotePath: string): string {
  return `<nas><remoteHost>${escapeXml(remoteHost)}</remoteHost><remotePath>${escapeXml(remotePath)}</remotePath></nas>`;
}

/** A vCenter that has these objects and nothing else. */
export function sessionOf(objects: readonly ManagedObject[]): Session {
  return { product: "VMware vCenter Server 8.0.3", read: async () => objects, denial } as unknown as Session;
}

function denial({ id }: { id: string }, { property, privilege }: Denial): Error {
  return new Error(`user: may not read ${property} of ${id} (${privilege}); give it the read-only role`);
}
