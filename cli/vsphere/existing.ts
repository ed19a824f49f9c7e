import type { ManagedObject, Session } from "./session";
import { all, at } from "./xml";

/** What is in a vCenter's inventory, by what this project gives names to. */
export interface Existing {
  /** Paths of virtual machines: `/DC0/vm/FOLDER/NAME`. */
  machines: ReadonlySet<string>;
  /** Names of the groups and rules of the cluster. */
  settings: ReadonlySet<string>;
}

/** Reads all of it in one request. */
export async function readExisting(session: Session, cluster?: string): Promise<Existing> {
  const objects = await session.read({
    VirtualMachine: ["name", "parent"],
    Folder: ["name", "parent"],
    Datacenter: ["name", "parent"],
    ClusterComputeResource: ["name", "configurationEx"],
  });
  const byId = new Map(objects.map((object) => [object.id, object]));
  const settings = objects
    .filter((object) => object.type === "ClusterComputeResource" && text(object, "name") === cluster)
    .map(({ properties }) => properties.get("configurationEx"))
    .flatMap((configuration) => [...all(configuration, "group"), ...all(configuration, "rule")])
    .map((setting) => at(setting, "name")?.text ?? "");
  const machines = objects.filter(({ type }) => type === "VirtualMachine").map((machine) => pathOf(machine, byId));
  return { machines: new Set(machines), settings: new Set(settings) };
}

/** The root folder is not part of a path. vCenter writes a slash in a name as %2f. */
function pathOf(object: ManagedObject, byId: ReadonlyMap<string, ManagedObject>): string {
  const parent = byId.get(text(object, "parent"));
  return `${parent ? pathOf(parent, byId) : ""}/${text(object, "name")}`;
}

function text(object: ManagedObject, property: string): string {
  return object.properties.get(property)?.text ?? "";
}
