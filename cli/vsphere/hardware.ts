import { byName } from "../../site/description/order";
import type { Media } from "../../site/description/spec";
import type { ManagedObject, Session } from "./session";
import { all, at, type Element } from "./xml";

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
  media: Media;
  capacityGiB?: number;
  datastores: string[];
  evidence: Evidence[];
}

export interface DiscoveredHost {
  name: string;
  cpus: number;
  cpuMHz: number;
  memoryGiB: number;
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

const GIB = 2 ** 30;

/** Reads hosts, datastores and the disks below them. */
export async function readHardware(session: Session, cluster?: string): Promise<Hardware> {
  const objects = await session.read({
    HostSystem: ["name", "parent", "summary.hardware", "config.storageDevice.scsiLun"],
    Datastore: ["name", "summary", "info", "host"],
    ComputeResource: ["name"],
  });
  const clusters = new Map(
    objects.filter((o) => o.type.endsWith("ComputeResource")).map((o) => [o.id, text(o, "name")]),
  );
  const systems = objects
    .filter((o) => o.type === "HostSystem")
    .filter((o) => cluster === undefined || clusters.get(text(o, "parent")) === cluster);
  const hostNames = new Map(systems.map((h) => [h.id, text(h, "name")]));
  const disks = new Map(
    systems
      .flatMap((h) => all(h.properties.get("config.storageDevice.scsiLun"), "ScsiLun"))
      .map((lun) => [at(lun, "canonicalName")?.text ?? "", lun]),
  );
  const notes: string[] = [];
  const found = objects
    .filter((o) => o.type === "Datastore")
    .flatMap((datastore) => foundOn(datastore, hostNames, disks, notes));

  const devices = merged(found);
  const hosts = systems.map((h): DiscoveredHost => {
    const hardware = h.properties.get("summary.hardware");
    const number = (name: string) => Number(at(hardware, name)?.text ?? 0);
    const name = text(h, "name");
    return {
      name,
      cpus: number("numCpuCores"),
      cpuMHz: number("cpuMhz"),
      memoryGiB: Math.floor(number("memorySize") / GIB),
      devices: devices
        .filter((d) => d.kind === undefined && d.hosts[0] === name)
        .map(({ kind: _k, hosts: _h, ...device }) => device),
    };
  });
  return {
    product: session.product,
    hosts: hosts.sort((a, b) => byName(a.name, b.name)),
    sharedStorage: devices.filter((d): d is SharedDevice => d.kind !== undefined),
    notes,
  };
}

type Found = Omit<SharedDevice, "kind"> & { kind?: SharedDevice["kind"] };

function foundOn(
  datastore: ManagedObject,
  hostNames: ReadonlyMap<string, string>,
  disks: ReadonlyMap<string, Element>,
  notes: string[],
): Found[] {
  const name = text(datastore, "name");
  const summary = datastore.properties.get("summary");
  const info = datastore.properties.get("info");
  const mounts = all(datastore.properties.get("host"), "DatastoreHostMount");
  const hosts = mounts.flatMap((m) => hostNames.get(at(m, "key")?.text ?? "") ?? []).sort(byName);
  if (hosts.length === 0) return [];
  const type = (at(summary, "type")?.text ?? "").toLowerCase();
  const capacityGiB = Math.floor(Number(at(summary, "capacity")?.text ?? 0) / GIB) || undefined;
  const extents = all(at(info, "vmfs"), "extent").map((e) => ({
    disk: at(e, "diskName")?.text ?? "",
    partition: Number(at(e, "partition")?.text ?? 0),
  }));
  const base = {
    datastore: name,
    datastoreId: datastore.id,
    type,
    extents,
    hosts,
    volume: at(info, "vmfs", "uuid")?.text ?? at(summary, "url")?.text,
  };
  const device = (id: string, kind: Found["kind"], disk?: Element): Found[] => {
    const evidence = {
      ...base,
      model:
        disk &&
        [at(disk, "vendor")?.text, at(disk, "model")?.text]
          .map((t) => t?.trim())
          .join(" ")
          .trim(),
    };
    return [
      {
        id,
        kind,
        media: media(id, disk),
        capacityGiB: diskGiB(disk) ?? capacityGiB,
        datastores: [name],
        hosts,
        evidence: [evidence],
      },
    ];
  };
  if (type === "vsan") return device(`vsan:${name}`, "vsan");
  if (type.startsWith("nfs"))
    return device(
      `nfs:${at(info, "nas", "remoteHost")?.text ?? ""}:${at(info, "nas", "remotePath")?.text ?? name}`,
      "nfs",
    );
  const [first] = extents;
  if (!first) {
    notes.push(`datastore ${name} (${type || "unknown type"}) is on no VMFS extent: add its device by hand`);
    return [];
  }
  if (extents.length > 1) {
    notes.push(
      `datastore ${name} spans ${extents.map((e) => e.disk).join(" and ")}: it fails with any of them and is left out`,
    );
    return [];
  }
  return device(first.disk, hosts.length > 1 ? "san" : undefined, disks.get(first.disk));
}

/** Datastores on one device are its partitions. */
function merged(found: readonly Found[]): Found[] {
  const byId = new Map<string, Found>();
  for (const device of [...found].sort((a, b) => byName(a.datastores[0] ?? "", b.datastores[0] ?? ""))) {
    const other = byId.get(device.id);
    if (other) {
      other.datastores.push(...device.datastores);
      other.evidence.push(...device.evidence);
    } else byId.set(device.id, device);
  }
  return [...byId.values()].sort((a, b) => byName(a.id, b.id));
}

function media(id: string, disk: Element | undefined): Media {
  if (/^(t10\.NVMe|eui\.)/i.test(id)) return "nvme";
  return disk && at(disk, "ssd")?.text === "false" ? "hdd" : "ssd";
}

function diskGiB(disk: Element | undefined): number | undefined {
  const block = Number(at(disk, "capacity", "blockSize")?.text ?? 0);
  const blocks = Number(at(disk, "capacity", "block")?.text ?? 0);
  return Math.floor((block * blocks) / GIB) || undefined;
}

function text(object: ManagedObject, property: string): string {
  return object.properties.get(property)?.text ?? "";
}
