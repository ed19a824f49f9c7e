import type { Problem } from "../problem";
import { localRegistry } from "../registry";
import type { SiteSpec } from "../spec";

/** A registry that images would be asked for under other names, or that is listed twice. */
export function consistentRegistry(spec: SiteSpec): Problem[] {
  const { registry, kubernetes } = spec;
  if (registry === undefined) return [];
  const problems: Problem[] = [];
  if (kubernetes.imageRepository !== undefined)
    problems.push({
      path: "kubernetes.imageRepository",
      fact: "the site's registry has images under the names that they have upstream, and none under this one",
      fix: "leave it out, or leave out registry",
    });
  const upstreams = localRegistry(spec)?.upstreams ?? [];
  for (const [i, name] of upstreams.entries())
    if (upstreams.indexOf(name) < i)
      problems.push({ path: `registry.upstreams[${i}]`, fact: `${name} is listed already`, fix: "list it once" });
  return problems;
}
