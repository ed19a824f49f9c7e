import { storedName } from "../../site/description/inventoryName";
import { byName } from "../../site/description/order";
import { printable } from "../../site/description/problem";
import { type UnusableInput, unusable } from "../../site/description/unusableInput";
import type { ManagedObject } from "./session";

/** The hosts that are asked for, and the clusters they are in. */
export interface Scope {
  clusters: ManagedObject[];
  hosts: ManagedObject[];
  notes: string[];
}

/**
 * The hosts of one cluster, of one datacenter, or of all.
 *
 * @throws UnusableInput if there is no such datacenter, or several clusters of that name
 */
export function scopeOf(objects: readonly ManagedObject[], cluster?: string, datacenter?: string): Scope {
  const byId = new Map(objects.map((object) => [object.id, object]));
  const home = (object: ManagedObject) => datacenterOf(object, byId);
  const datacenters = objects.filter(({ type }) => type === "Datacenter");
  if (datacenter !== undefined && !datacenters.some((o) => isNamed(o, datacenter)))
    throw unusable(
      "--datacenter",
      `vCenter shows no datacenter ${printable(datacenter)} to this account`,
      datacenters.length > 0 ? `use ${named(datacenters).join(" or ")}` : "give it the read-only role there",
    );
  const clusters = objects
    .filter(({ type }) => type.endsWith("ComputeResource"))
    .filter((o) => cluster === undefined || isNamed(o, cluster))
    .filter((o) => datacenter === undefined || isNamed(home(o), datacenter));
  const real = clusters.filter(({ type }) => type.startsWith("Cluster"));
  if (cluster !== undefined && clusters.length > 1) throw ambiguous(cluster, clusters.map(home));
  const ids = new Set(clusters.map(({ id }) => id));
  return {
    clusters,
    hosts: objects
      .filter(({ type }) => type === "HostSystem")
      .filter((o) => (cluster === undefined && datacenter === undefined) || ids.has(text(o, "parent"))),
    notes:
      cluster === undefined && real.length > 1
        ? [
            `the hosts of ${real.length} clusters are listed (${named(real).join(", ")}): a site is on one, name it with --cluster`,
          ]
        : [],
  };
}

function ambiguous(cluster: string, homes: readonly (ManagedObject | undefined)[]): UnusableInput {
  const names = [...new Set(homes.flatMap((home) => (home ? named([home]) : [])))];
  const where = names.length > 0 ? `, in ${names.join(" and ")}` : "";
  return unusable(
    "--cluster",
    `${homes.length} clusters are called ${printable(cluster)}${where}`,
    names.length === homes.length ? "name one of these with --datacenter" : "rename one of them",
  );
}

function datacenterOf(object: ManagedObject, byId: ReadonlyMap<string, ManagedObject>): ManagedObject | undefined {
  if (object.type === "Datacenter") return object;
  const parent = byId.get(text(object, "parent"));
  return parent && datacenterOf(parent, byId);
}

function isNamed(object: ManagedObject | undefined, name: string): boolean {
  return object !== undefined && storedName(text(object, "name")) === storedName(name);
}

function named(objects: readonly ManagedObject[]): string[] {
  return objects.map((object) => printable(text(object, "name"))).sort(byName);
}

function text(object: ManagedObject, property: string): string {
  return object.properties.get(property)?.text ?? "";
}
