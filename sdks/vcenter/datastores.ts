import type { Vcenter } from "../../site/description/hypervisors";
import type { VcenterDatastore } from "../../site/facts/vcenter";
import { nameOf, within } from "./managedObject";
import type { ManagedObject, Session } from "./session";
import { all, at } from "./xml";

const GIB = 2 ** 30;

/** The datastores of the datacenter, with the disks below them, in one read. What hosts mount them is left out. */
export async function readDatastores(session: Session, { datacenter }: Vcenter): Promise<VcenterDatastore[]> {
  const objects = await session.read(
    { Datacenter: ["name", "parent"], Folder: ["name", "parent"], Datastore: ["name", "parent", "summary", "info"] },
    { lenient: true },
  );
  return within(objects, datacenter)
    .filter(({ type }) => type === "Datastore")
    .map((object) => datastoreFact(object, new Map()));
}

export function datastoreFact(datastore: ManagedObject, hostNames: ReadonlyMap<string, string>): VcenterDatastore {
  const summary = datastore.properties.get("summary");
  const gib = (name: string) => {
    const value = at(summary, name)?.text;
    return value === undefined ? undefined : Math.floor(Number(value) / GIB);
  };
  const accessible = at(summary, "accessible")?.text;
  const mounts = all(datastore.properties.get("host"), "DatastoreHostMount");
  return {
    name: nameOf(datastore),
    kind: at(summary, "type")?.text ?? "unknown",
    ...(accessible !== undefined && { accessible: accessible === "true" }),
    maintenance: /^(inMaintenance|enteringMaintenance)$/.test(at(summary, "maintenanceMode")?.text ?? ""),
    freeGiB: gib("freeSpace"),
    capacityGiB: gib("capacity"),
    hosts: mounts.flatMap((mount) => hostNames.get(at(mount, "key")?.text ?? "") ?? []),
    extents: all(at(datastore.properties.get("info"), "vmfs"), "extent").map((e) => at(e, "diskName")?.text ?? ""),
  };
}
