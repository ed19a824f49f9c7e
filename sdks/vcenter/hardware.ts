import { byName } from "../../site/description/order";
import { deviceOn, type Found, merged } from "./devices";
import type { DiscoveredHost, Hardware, SharedDevice } from "./discovered";
import { type Scope, scopeOf } from "./scope";
import type { ManagedObject, Session } from "./session";
import { all, at, type Element } from "./xml";

const GIB = 2 ** 30;

/**
 * Reads hosts, datastores and the disks below them.
 *
 * @param cluster the hosts of this cluster only, by its name
 * @param datacenter of the hosts of this datacenter only, by its name
 * @throws UnusableInput if a name is ambiguous, or the account may not read an object of the cluster
 */
export async function readHardware(session: Session, cluster?: string, datacenter?: string): Promise<Hardware> {
  const objects = await session.read(
    {
      Datacenter: ["name", "parent"],
      Folder: ["name", "parent"],
      ComputeResource: ["name", "parent"],
      HostSystem: [
        ...["name", "parent", "summary.hardware", "config.storageDevice.scsiLun"],
        ...["runtime.connectionState", "runtime.inMaintenanceMode"],
      ],
      Datastore: ["name", "summary", "info", "host"],
    },
    { lenient: true },
  );
  const scope = scopeOf(objects, cluster, datacenter);
  const notes = [...scope.notes];
  const hostNames = new Map(scope.hosts.map((host) => [host.id, text(host, "name")]));
  refuseUnreadable(session, scope, objects, hostNames, notes);
  const disks = new Map(scope.hosts.map((host) => [text(host, "name"), disksOf(host)]));
  const datastores = objects.filter((o) => o.type === "Datastore");
  const devices = merged(datastores.flatMap((datastore) => deviceOn(datastore, hostNames, disks, notes)));
  notes.push(...scope.hosts.flatMap(stateOf), ...unknownMedia(devices));
  return {
    product: session.product,
    hosts: scope.hosts.map((host) => hostOf(host, devices)).sort((a, b) => byName(a.name, b.name)),
    sharedStorage: devices.filter((d): d is Found & SharedDevice => d.kind !== undefined).map(withoutScope),
    notes,
  };
}

/** Objects of the cluster must be readable; any other may be closed to the account, and is told. */
function refuseUnreadable(
  session: Session,
  { hosts, clusters }: Scope,
  objects: readonly ManagedObject[],
  hostNames: ReadonlyMap<string, string>,
  notes: string[],
): void {
  const own = new Set([...hosts, ...clusters].map(({ id }) => id));
  for (const object of objects) {
    const [first] = object.denied ?? [];
    if (first === undefined) continue;
    const mounted = mountsOf(object).some((id) => hostNames.has(id));
    if (own.has(object.id) || mounted) throw session.denial(object, first);
    notes.push(
      `${object.type} ${text(object, "name") || object.id} may not be read (${first.privilege}): it is left out`,
    );
  }
}

function mountsOf(datastore: ManagedObject): string[] {
  return all(datastore.properties.get("host"), "DatastoreHostMount").map((m) => at(m, "key")?.text ?? "");
}

/** The disks that a host sees, by their canonical names. */
function disksOf(host: ManagedObject): ReadonlyMap<string, Element> {
  const luns = all(host.properties.get("config.storageDevice.scsiLun"), "ScsiLun");
  return new Map(luns.map((lun) => [at(lun, "canonicalName")?.text ?? "", lun]));
}

function stateOf(host: ManagedObject): string[] {
  const name = text(host, "name");
  const connection = text(host, "runtime.connectionState");
  const words = connection === "notResponding" ? "does not respond" : `is ${connection}`;
  return [
    ...(connection !== "" && connection !== "connected"
      ? [`host ${name} ${words}, and its disks may be missing: connect it and run this again, or leave it out`]
      : []),
    ...(text(host, "runtime.inMaintenanceMode") === "true"
      ? [`host ${name} is in maintenance mode: end that before \`up\`, or leave it out`]
      : []),
  ];
}

function unknownMedia(devices: readonly Found[]): string[] {
  return devices
    .filter(({ media }) => media === undefined)
    .map(({ id }) => `no host tells what ${id} is: write its media (nvme, ssd or hdd), which is ssd if left out`);
}

function hostOf(host: ManagedObject, devices: readonly Found[]): DiscoveredHost {
  const hardware = host.properties.get("summary.hardware");
  const number = (name: string) => Number(at(hardware, name)?.text ?? 0) || undefined;
  const name = text(host, "name");
  const bytes = number("memorySize");
  return {
    name,
    cpus: number("numCpuCores"),
    cpuMHz: number("cpuMhz"),
    memoryGiB: bytes && (Math.floor(bytes / GIB) || undefined),
    devices: devices
      .filter((d) => d.kind === undefined && d.hosts[0] === name)
      .map(({ kind: _kind, hosts: _hosts, ...device }) => withoutScope(device)),
  };
}

function withoutScope<T extends object>(device: T & { local?: boolean }): T {
  const { local: _, ...rest } = device;
  return rest as T;
}

function text(object: ManagedObject, property: string): string {
  return object.properties.get(property)?.text ?? "";
}
