import { storedName } from "../../site/description/inventoryName";
import type { ManagedObject, Session } from "./session";
import { all, at } from "./xml";

/** What is in a vCenter's inventory, by what this project gives names to. Folders may be anywhere above a datacenter or a cluster. */
export interface Existing {
  /** Paths of virtual machines: `/FOLDER/DC0/vm/FOLDER/NAME`. */
  machines: readonly string[];
  /** Their ids, by path. */
  ids: ReadonlyMap<string, string>;
  /** Names of the groups and rules of a cluster, by the cluster's path: `/FOLDER/DC0/host/C0`. */
  settings: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Reads all of it in one request. What the account may not see is not its own. */
export async function readExisting(session: Session): Promise<Existing> {
  const objects = await session.read(
    {
      VirtualMachine: ["name", "parent"],
      Folder: ["name", "parent"],
      Datacenter: ["name", "parent"],
      ClusterComputeResource: ["name", "parent", "configurationEx"],
    },
    { lenient: true },
  );
  const byId = new Map(objects.map((object) => [object.id, object]));
  const ofType = (wanted: string) => objects.filter(({ type }) => type === wanted);
  const ids = new Map(ofType("VirtualMachine").map((machine) => [pathOf(machine, byId), machine.id]));
  return {
    machines: [...ids.keys()],
    ids,
    settings: new Map(ofType("ClusterComputeResource").map((cluster) => [pathOf(cluster, byId), namesIn(cluster)])),
  };
}

/** The first of these paths that ends with what is known of a place: `/DC0/vm/FOLDER/NAME`. */
export function endingWith(paths: Iterable<string>, end: string): string | undefined {
  const stored = end.split("/").map(storedName).join("/");
  for (const path of paths) if (path === stored || path.endsWith(stored)) return path;
  return undefined;
}

/** The path of a cluster: folders may lie between its datacenter and itself. */
export function clusterPath(paths: Iterable<string>, datacenter: string, cluster: string): string | undefined {
  const [home, name] = [`/${storedName(datacenter)}/host/`, `/${storedName(cluster)}`];
  for (const path of paths) if (path.includes(home) && path.endsWith(name)) return path;
  return undefined;
}

function namesIn({ properties }: ManagedObject): Set<string> {
  const configuration = properties.get("configurationEx");
  const found = [...all(configuration, "group"), ...all(configuration, "rule")];
  return new Set(found.map((setting) => at(setting, "name")?.text ?? ""));
}

/** The root folder is not part of a path. vCenter writes a slash in a name as %2f. */
function pathOf(object: ManagedObject, byId: ReadonlyMap<string, ManagedObject>): string {
  const parent = byId.get(text(object, "parent"));
  return `${parent ? pathOf(parent, byId) : ""}/${storedName(text(object, "name"))}`;
}

function text(object: ManagedObject, property: string): string {
  return object.properties.get(property)?.text ?? "";
}
