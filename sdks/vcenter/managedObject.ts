import { storedName } from "../../site/description/inventoryName";
import type { ManagedObject } from "./session";

/** The name as vCenter keeps it. */
export function nameOf(object: ManagedObject): string {
  return storedName(text(object, "name"));
}

export function text(object: ManagedObject, property: string): string {
  return object.properties.get(property)?.text ?? "";
}

/** Those of a datacenter; all if none of that name is seen. */
export function within(objects: readonly ManagedObject[], datacenter: string): ManagedObject[] {
  const byId = new Map(objects.map((object) => [object.id, object]));
  const found = objects.find((o) => o.type === "Datacenter" && nameOf(o) === storedName(datacenter));
  return objects.filter((o) => found === undefined || ancestors(o, byId).includes(found.id));
}

function ancestors(object: ManagedObject, byId: ReadonlyMap<string, ManagedObject>): string[] {
  const parent = byId.get(text(object, "parent"));
  return parent ? [parent.id, ...ancestors(parent, byId)] : [];
}
