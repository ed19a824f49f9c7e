import { deviceKey } from "../../site/description/deviceId";
import { byName } from "../../site/description/order";
import { deviceId } from "../../site/description/schema/names";
import type { Media } from "../../site/description/spec";
import type { Evidence, SharedDevice } from "./discovered";
import type { ManagedObject } from "./session";
import { all, at, type Element } from "./xml";

/** A device below a datastore; without a kind it is one host's own. */
export interface Found extends Omit<SharedDevice, "kind"> {
  kind?: SharedDevice["kind"];
  /** Whether its name means it on its host alone, because other hosts give the same one to disks of theirs. */
  local?: boolean;
}

type Disks = ReadonlyMap<string, ReadonlyMap<string, Element>>;

const GIB = 2 ** 30;
/** Names that say where a disk is connected, not which one it is: the same on every host that is built alike. */
const CONNECTION = /^(mpx|vml)\./i;

/** The device below a datastore; none, and a note, where it lies on none or on several. */
export function deviceOn(
  datastore: ManagedObject,
  hostNames: ReadonlyMap<string, string>,
  disks: Disks,
  notes: string[],
): Found[] {
  const name = text(datastore, "name");
  const summary = datastore.properties.get("summary");
  const info = datastore.properties.get("info");
  const mounts = all(datastore.properties.get("host"), "DatastoreHostMount");
  const hosts = mounts.flatMap((m) => hostNames.get(at(m, "key")?.text ?? "") ?? []).sort(byName);
  const [host = ""] = hosts;
  if (hosts.length === 0) return [];
  const blind = mounts.filter((m) => at(m, "mountInfo", "accessible")?.text === "false");
  const blindNames = blind.flatMap((m) => hostNames.get(at(m, "key")?.text ?? "") ?? []).sort(byName);
  if (at(summary, "accessible")?.text === "false")
    notes.push(`datastore ${name} is not accessible: mend it before \`up\``);
  else if (blindNames.length > 0)
    notes.push(`datastore ${name} is not accessible on ${blindNames.join(", ")}: mend that before \`up\``);
  const type = (at(summary, "type")?.text ?? "").toLowerCase();
  const capacityGiB = Math.floor(Number(at(summary, "capacity")?.text ?? 0) / GIB) || undefined;
  const extents = all(at(info, "vmfs"), "extent").map((e) => ({
    disk: at(e, "diskName")?.text ?? "",
    partition: Number(at(e, "partition")?.text ?? 0),
  }));
  const url = at(summary, "url")?.text;
  const evidence: Evidence = {
    datastore: name,
    datastoreId: datastore.id,
    type,
    extents,
    hosts,
    volume: at(info, "vmfs", "uuid")?.text ?? url,
  };
  const shared = (id: string, kind: Found["kind"]): Found => {
    return { id, kind, capacityGiB, datastores: [name], hosts, evidence: [evidence] };
  };
  if (type === "vsan") return [shared(idOf("vsan", volumeIn(url), datastore), "vsan")];
  if (type.startsWith("nfs")) {
    const export_ = `${at(info, "nas", "remoteHost")?.text ?? ""}:${at(info, "nas", "remotePath")?.text ?? name}`;
    return [shared(idOf("nfs", export_, datastore), "nfs")];
  }
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
  const disk = hosts.map((one) => disks.get(one)?.get(first.disk)).find((each) => each !== undefined);
  const device = {
    ...shared(first.disk, hosts.length > 1 ? "san" : undefined),
    media: media(first.disk, disk),
    capacityGiB: diskGiB(disk) ?? capacityGiB,
    evidence: [{ ...evidence, model: modelOf(disk) }],
  };
  if (device.kind !== undefined) return [device];
  if (CONNECTION.test(first.disk)) return [{ ...device, id: `${host}/${first.disk}` }];
  return [{ ...device, local: at(disk, "localDisk")?.text === "true" }];
}

/** Datastores on one device are its partitions. */
export function merged(found: readonly Found[]): Found[] {
  const byId = new Map<string, Found>();
  const sorted = [...found].sort((a, b) => byName(a.datastores[0] ?? "", b.datastores[0] ?? ""));
  const owners = ownersOf(sorted);
  for (const device of sorted) {
    const alone = device.local && (owners.get(deviceKey(device.id))?.size ?? 0) > 1;
    const id = alone ? `${device.hosts[0]}/${device.id}` : device.id;
    const other = byId.get(deviceKey(id));
    if (other === undefined) byId.set(deviceKey(id), { ...device, id });
    else {
      const hosts = [...new Set([...other.hosts, ...device.hosts])].sort(byName);
      other.datastores.push(...device.datastores);
      other.evidence.push(...device.evidence);
      // One disk whose datastores are not on the same hosts: what several see is shared.
      if (hosts.length > 1) other.kind ??= "san";
      other.hosts = hosts;
    }
  }
  return [...byId.values()].sort((a, b) => byName(a.id, b.id));
}

/** The hosts that have a disk of a name to themselves. */
function ownersOf(found: readonly Found[]): ReadonlyMap<string, ReadonlySet<string>> {
  const owners = new Map<string, Set<string>>();
  for (const { id, hosts } of found.filter(({ local }) => local))
    owners.set(deviceKey(id), new Set([...(owners.get(deviceKey(id)) ?? []), ...hosts]));
  return owners;
}

/** An id that a description takes: of what the storage itself is called by, or else of the datastore's own. */
function idOf(kind: string, called: string | undefined, { id }: ManagedObject): string {
  const wanted = `${kind}:${called}`;
  return called !== undefined && deviceId.safeParse(wanted).success ? wanted : `${kind}:${id}`;
}

/** `ds:///vmfs/volumes/vsan:52e4…-…/` → `52e4…-…`. */
function volumeIn(url: string | undefined): string | undefined {
  return /\/vmfs\/volumes\/(?:vsan:)?([^/]+)\/?$/.exec(url ?? "")?.[1];
}

/** By what the host says of it. Names that begin with eui. are those of arrays, too. */
function media(id: string, disk: Element | undefined): Media | undefined {
  const isNvme = /^t10\.NVMe/i.test(id) || /^nvme\b/i.test(at(disk, "vendor")?.text?.trim() ?? "");
  if (isNvme || (/^eui\./i.test(id) && at(disk, "localDisk")?.text === "true")) return "nvme";
  const isSolid = at(disk, "ssd")?.text;
  if (isSolid === "true") return "ssd";
  return isSolid === "false" ? "hdd" : undefined;
}

function modelOf(disk: Element | undefined): string | undefined {
  if (disk === undefined) return undefined;
  const words = ["vendor", "model"].map((name) => at(disk, name)?.text.trim() ?? "");
  return words.join(" ").trim();
}

function diskGiB(disk: Element | undefined): number | undefined {
  const block = Number(at(disk, "capacity", "blockSize")?.text ?? 0);
  const blocks = Number(at(disk, "capacity", "block")?.text ?? 0);
  return Math.floor((block * blocks) / GIB) || undefined;
}

function text(object: ManagedObject, property: string): string {
  return object.properties.get(property)?.text ?? "";
}
