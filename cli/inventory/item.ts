import { byName } from "../../site/description/order";
import { table } from "../output/table";

const kinds = ["hypervisor", "firmware", "system", "software", "image"] as const;

/** Something of a version, on a machine or host (O3). */
export interface Item {
  kind: (typeof kinds)[number];
  name: string;
  version: string;
  /** Of an image: what it is, whatever its tag says. */
  digest?: string;
  /** The machine, host or device. */
  where: string;
}

/** In the order of kinds, names, versions and places. */
export function sorted(items: readonly Item[]): Item[] {
  const keys = ({ kind, name, version, where }: Item) => [String(kinds.indexOf(kind)), name, version, where];
  return [...items].sort((a, b) => {
    const others = keys(b);
    return keys(a).reduce((order, key, i) => order || byName(key, others[i] ?? ""), 0);
  });
}

/** A line for each version of a thing: two lines of one name are two versions at once. */
export function printed(items: readonly Item[]): string {
  const places = new Map<string, { item: Item; where: string[] }>();
  for (const item of sorted(items)) {
    const key = JSON.stringify([item.kind, item.name, item.version, item.digest]);
    const known = places.get(key) ?? { item, where: [] };
    known.where.push(item.where);
    places.set(key, known);
  }
  const rows = [...places.values()].map(({ item: { kind, name, version, digest }, where }) => [
    kind,
    name,
    version,
    where.length > 4 ? `${where[0]} and ${where.length - 1} more` : where.join(", "),
    digest ?? "",
  ]);
  return table(["KIND", "NAME", "VERSION", "WHERE", "DIGEST"], rows);
}
