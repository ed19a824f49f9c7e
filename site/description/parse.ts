import type { z } from "zod";
import { inconsistencies } from "./checks";
import { migrate } from "./migrate";
import { formatPath, type Problem, printable, SiteError, shown } from "./problem";
import { type SiteSpec, siteSchema } from "./spec";

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
  const parsed = siteSchema.safeParse(migrated.document, { reportInput: true });
  if (!parsed.success) return { problems: parsed.error.issues.flatMap((issue) => problemsOf(issue)) };
  const problems = inconsistencies(parsed.data);
  return problems.length > 0 ? { problems } : { spec: parsed.data };
}

/** What no schema can look at: a cycle, endless depth, far too many values. */
function unfitShape(input: unknown): Problem | undefined {
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

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = formatPath(issue.path);
  const value = "input" in issue ? issue.input : undefined;
  const wrong = (fact: string, fix: string): Problem[] => [{ path, fact, fix }];
  switch (issue.code) {
    case "invalid_type":
      return value === undefined
        ? wrong("it is missing", `add ${article(issue.expected)}`)
        : wrong(`${shown(value)} is not ${article(issue.expected)}`, `write ${article(issue.expected)}`);
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: formatPath([...issue.path, key]),
        fact: "no such setting",
        fix: "remove it or correct its name",
      }));
    case "too_small":
      return wrong(
        `${measured(issue.origin, value)} is too small`,
        `use at least ${amount(issue.origin, issue.minimum, issue.inclusive)}`,
      );
    case "too_big":
      return wrong(
        `${measured(issue.origin, value)} is too large`,
        `use at most ${amount(issue.origin, issue.maximum, issue.inclusive)}`,
      );
    case "invalid_value":
      return value === undefined
        ? wrong("it is missing", `use one of ${issue.values.map(String).join(", ")}`)
        : wrong(`${shown(value)} is not possible`, `use ${issue.values.map(String).join(", ")}`);
    case "invalid_format":
      return wrong(`${shown(value)} is not valid`, formatFix(issue));
    case "invalid_union":
      return wrong(`${shown(value)} is not possible`, unionFix(issue));
    case "invalid_key":
      return wrong(
        `"${printable(String(issue.path.at(-1)))}" is not a valid name`,
        issue.issues[0]?.message ?? "correct it",
      );
    default:
      return wrong(`${shown(value)} is not valid`, issue.message);
  }
}

function article(noun: string): string {
  const words: Record<string, string> = {
    int: "a whole number",
    array: "a list",
    object: "an object",
    record: "an object",
    boolean: "true or false",
    tuple: "a list",
  };
  return words[noun] ?? `a ${noun}`;
}

function measured(origin: string, value: unknown): string {
  if (origin === "string" && typeof value === "string") return `text of ${value.length} characters`;
  return shown(value);
}

function amount(origin: string, bound: number | bigint, inclusive: boolean | undefined): string {
  const plural = Number(bound) === 1 ? "" : "s";
  const unit = origin === "string" ? ` character${plural}` : origin === "array" ? (plural ? " entries" : " entry") : "";
  return `${inclusive === false ? "(but not) " : ""}${bound}${unit}`;
}

const FORMATS: Record<string, string> = {
  ipv4: "use an IPv4 address, for example 10.0.42.5",
  cidrv4: "use an IPv4 block, for example 10.0.42.0/24",
  url: "use an https address",
};

function formatFix(issue: z.core.$ZodIssueInvalidStringFormat): string {
  return FORMATS[issue.format] ?? issue.message;
}

function unionFix(issue: z.core.$ZodIssueInvalidUnion): string {
  const key = "discriminator" in issue && typeof issue.discriminator === "string" ? issue.discriminator : undefined;
  return key ? `use a known "${key}"` : "see the schema for what is";
}
