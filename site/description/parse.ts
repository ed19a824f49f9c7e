import { inconsistencies } from "./checks";
import { impossibleAddresses } from "./checks/addresses";
import { consistentHardware } from "./checks/storage";
import { allProblems } from "./issues";
import { migrate } from "./migrate";
import { formatPath, type Problem, SiteError } from "./problem";
import { Settings } from "./settings";
import { type SiteSpec, siteDocument, siteSchema } from "./spec";

const settings = new Settings(siteDocument);

const DEEPEST = 32;
const MOST_VALUES = 500_000;

/** Reads a site's description. Throws a `SiteError` with every problem it has. */
export function parseSite(input: unknown): SiteSpec {
  const result = readSite(input);
  if ("problems" in result) throw new SiteError(result.problems);
  return result.spec;
}

/** Like `parseSite`, with the problems as data instead of an error. */
export function readSite(input: unknown): { spec: SiteSpec } | { problems: Problem[] } {
  const unfit = unfitShape(input);
  if (unfit) return { problems: [unfit] };
  const migrated = migrate(input);
  if ("problems" in migrated) return migrated;
  const overfull = settings.overfullLists(migrated.document);
  if (overfull.length > 0) return { problems: overfull };
  const parsed = siteSchema.safeParse(migrated.document, { reportInput: true });
  if (!parsed.success)
    return {
      problems: allProblems(parsed.error.issues, migrated.document, settings),
    };
  const problems = inconsistencies(parsed.data);
  return problems.length > 0 ? { problems } : { spec: parsed.data };
}

const hardwarePart = siteDocument.pick({ hosts: true, sharedStorage: true });

/** What is wrong with a description's hosts and storage, while the rest of it is not written yet. */
export function hardwareProblems(input: unknown): Problem[] {
  const parsed = hardwarePart.safeParse(input, { reportInput: true });
  if (!parsed.success) return allProblems(parsed.error.issues, input, settings);
  return [...consistentHardware(parsed.data), ...impossibleAddresses(parsed.data)];
}

/** What no schema can look at: a cycle, endless depth, far too many values. */
export function unfitShape(input: unknown): Problem | undefined {
  const within = new Set<object>();
  let values = 0;
  const walk = (value: unknown, path: PropertyKey[]): Problem | undefined => {
    if (++values > MOST_VALUES)
      return { path: "", fact: `it has more than ${MOST_VALUES} values`, fix: "split it into several sites" };
    if (typeof value !== "object" || value === null) return undefined;
    if (within.has(value)) return { path: formatPath(path), fact: "it contains itself", fix: "write the value out" };
    if (path.length > DEEPEST)
      return {
        path: formatPath(path.slice(0, 6)),
        fact: `it is nested deeper than ${DEEPEST} levels`,
        fix: "flatten it",
      };
    within.add(value);
    for (const key of Object.keys(value)) {
      const below = (value as Record<string, unknown>)[key];
      const problem = walk(below, [...path, Array.isArray(value) ? Number(key) : key]);
      if (problem) return problem;
    }
    within.delete(value);
    return undefined;
  };
  return walk(input, []);
}
