import { z } from "zod";
import type { SiteSpec } from "../spec";
import { CHANGES } from "./table";

/** Values by the paths of their settings, of those that a run writes down for the next one. */
export type Settled = Record<string, string | number | boolean>;

export const settledSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** What is compared of a description; of what it leaves out there is nothing. */
export function settledOf(spec: SiteSpec): Settled {
  return Object.fromEntries(
    Object.entries(CHANGES).flatMap(([path, { compared }]) => {
      const value = compared ? valueAt(spec, path) : undefined;
      return value === undefined ? [] : [[path, value]];
    }),
  );
}

function valueAt(spec: SiteSpec, path: string): Settled[string] | undefined {
  const value = path
    .split(".")
    .reduce<unknown>((here, key) => (here as Record<string, unknown> | undefined)?.[key], spec);
  return ["string", "number", "boolean"].includes(typeof value) ? (value as Settled[string]) : undefined;
}
