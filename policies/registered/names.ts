import { datacenter } from "../types";
import { Unknown } from "../unknown";
import type { RegisteredResource } from "./resources";

/** What the inventory calls a host or a datastore, by the ids that the program looked up in vCenter. */
export interface Names {
  host(id: unknown): string | Unknown;
  datastore(id: unknown): string | Unknown;
}

/** Reads the ids from the arguments of a site's `Datacenter`. An id that nothing names keeps itself as its name. */
export function namesOf(resources: readonly RegisteredResource[]): Names {
  const looked = resources.find(({ type }) => type === datacenter)?.props ?? {};
  const hosts = byId(looked.hosts);
  const datastores = byId(looked.datastores);
  return { host: (id) => nameOf(id, hosts), datastore: (id) => nameOf(id, datastores) };
}

interface Ids {
  names: Map<string, string>;
  /** Whether every id is known; else one that nothing names may be one of those. */
  complete: boolean;
}

function byId(ids: unknown): Ids {
  if (typeof ids !== "object" || ids === null || ids instanceof Unknown) return { names: new Map(), complete: false };
  const entries = Object.entries(ids);
  return {
    names: new Map(entries.flatMap(([name, id]) => (typeof id === "string" ? [[id, name] as const] : []))),
    complete: entries.every(([, id]) => typeof id === "string"),
  };
}

function nameOf(id: unknown, { names, complete }: Ids): string | Unknown {
  if (typeof id !== "string" || id === "") return id instanceof Unknown ? id : new Unknown("id");
  return names.get(id) ?? (complete ? id : new Unknown(id));
}
