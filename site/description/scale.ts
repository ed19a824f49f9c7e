import type { SiteSpec } from "./spec";

/** The same site with other counts of its pools, by their names; who is not named keeps its own. */
export function withCounts(spec: SiteSpec, counts: Readonly<Record<string, number>>): SiteSpec {
  const workers = spec.workers.map((pool) => ({ ...pool, count: counts[pool.name] ?? pool.count }));
  return { ...spec, workers };
}

/** The same site with every pool at its maximum: what addresses, names and hosts have to be there for. */
export function atMaximum(spec: SiteSpec): SiteSpec {
  if (!spec.workers.some(({ scale }) => scale)) return spec;
  return withCounts(
    spec,
    Object.fromEntries(spec.workers.flatMap(({ name, scale }) => (scale ? [[name, scale.maximum]] : []))),
  );
}

/** What a sentence about so many machines adds where there are not that many yet. */
export function atMaximumWords(spec: SiteSpec): string {
  return spec.workers.some(({ count, scale }) => scale && scale.maximum > count)
    ? " with every pool at its scale.maximum"
    : "";
}
