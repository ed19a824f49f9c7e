import { datacenter, virtualMachine } from "../../policies/types";
import type { Step } from "./preview";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What vCenter's ids stand for: `datastore-31` is `esx-1-a`. */
export type Names = ReadonlyMap<string, string>;

/** The hosts and datastores that the program looked up, and the machines that are there. */
export function namesIn(steps: readonly Step[]): Names {
  const names = new Map<string, string>();
  for (const { type, name, before, after } of steps) {
    const id = before?.outputs.uuid;
    if (type === virtualMachine && typeof id === "string") names.set(id, name);
    if (type === datacenter)
      for (const state of [before, after])
        for (const ids of [state?.inputs.hosts, state?.inputs.datastores])
          for (const [name, id] of Object.entries((ids ?? {}) as Record<string, unknown>))
            if (typeof id === "string" && id !== unknown) names.set(id, name);
  }
  return names;
}

/** The value at a path as the engine writes it: `disks[1].datastoreId`, `extraConfig["guestinfo.metadata"]`. */
export function valueAt(values: unknown, path: string): unknown {
  let value = values;
  for (const [, name, index, quoted] of path.matchAll(/([^.[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/g)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[name ?? index ?? quoted ?? ""];
  }
  return value;
}

const longest = 80;

/** A value as a person reads it on one line. */
export function shownValue(value: unknown, names: Names): string {
  if (value === undefined || value === null) return "nothing";
  if (value === unknown) return "not known yet";
  if (typeof value === "string" && names.has(value)) return names.get(value) as string;
  const text = typeof value === "string" ? value : named(JSON.stringify(value), names);
  const line = text.replace(/\s+/g, " ");
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** The text with the names of whatever it lists by id. */
function named(text: string, names: Names): string {
  return text.replaceAll(/"([^"\\]+)"/g, (quoted, id: string) =>
    id === unknown ? '"not known yet"' : names.has(id) ? JSON.stringify(names.get(id)) : quoted,
  );
}
