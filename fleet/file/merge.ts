import { formatPath } from "../../site/description/problem";

type Key = string | number;

/** A part of a description, and where in the fleet's file it is written. */
export interface Layer {
  at: readonly Key[];
  value: unknown;
}

/** Layers over one another, and where each setting of the result is written. */
export interface Merged {
  value: Record<string, unknown>;
  /** The path in the fleet's file of a setting of the result; of one that is not there, that of what should hold it. */
  originOf(path: readonly Key[]): Key[];
}

/**
 * Lays parts of a description over one another: settings within settings are merged, everything else is replaced, lists too; `null`
 * takes out what an earlier layer has. What is of another `kind` than before is replaced as a whole.
 */
export function merge(layers: readonly Layer[]): Merged {
  const origins = new Map<string, readonly Key[]>();
  let value: Record<string, unknown> = {};
  for (const layer of layers) value = lay(value, layer.value as Record<string, unknown>, [], layer.at, origins);
  const last = layers.at(-1)?.at ?? [];
  return {
    value,
    originOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const at = origins.get(formatPath(path.slice(0, length)));
        if (at) return [...at, ...path];
      }
      return [...last, ...path];
    },
  };
}

function lay(
  below: Record<string, unknown>,
  above: Record<string, unknown>,
  path: readonly Key[],
  at: readonly Key[],
  origins: Map<string, readonly Key[]>,
): Record<string, unknown> {
  const result = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const here = [...path, key];
    origins.set(formatPath(here), at);
    const before = result[key];
    if (value === null) delete result[key];
    else if (isSettings(value) && isSettings(before) && sameKind(before, value))
      result[key] = lay(before, value, here, at, origins);
    else result[key] = isSettings(value) ? lay({}, value, here, at, origins) : value;
  }
  return result;
}

function sameKind(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  return a.kind === undefined || b.kind === undefined || a.kind === b.kind;
}

function isSettings(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
