import type { Problem } from "../../site/description/problem";
import { formatPath } from "../../site/description/problem";
import type { Labels } from "./schema";

/** Puts a site's name and labels where texts of a description have `{name}` and `{labels.town}`. */
export function fill(
  value: unknown,
  { name, labels }: { name: string; labels: Labels },
  originOf: (path: readonly (string | number)[]) => (string | number)[],
): { value: unknown; problems: Problem[] } {
  const problems: Problem[] = [];
  const filled = (one: unknown, path: (string | number)[]): unknown => {
    if (Array.isArray(one)) return one.map((each, i) => filled(each, [...path, i]));
    if (typeof one === "object" && one !== null)
      return Object.fromEntries(Object.entries(one).map(([key, each]) => [key, filled(each, [...path, key])]));
    if (typeof one !== "string") return one;
    return one.replace(/\{(name|labels\.([-a-z0-9]+))\}/g, (all, _, label?: string) => {
      if (label === undefined) return name;
      const found = Object.hasOwn(labels, label) ? labels[label] : undefined;
      if (found === undefined)
        problems.push({
          path: formatPath(originOf(path)),
          fact: `${all} is not known: ${name} has no label ${label}`,
          fix: `add it to sites.${name}.labels`,
        });
      return found ?? all;
    });
  };
  return { value: filled(value, []), problems };
}
