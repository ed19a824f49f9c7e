import type { z } from "zod";
import { nearest, resembling } from "./nearest";
import { formatPath, type Problem, printable, shown } from "./problem";
import type { Settings } from "./settings";

/**
 * What is wrong with a document, of all that its schema found. Of each value the first problem: text that is empty is not of the right
 * form either, and one line says what to write.
 */
export function allProblems(issues: readonly z.core.$ZodIssue[], document: unknown, settings: Settings): Problem[] {
  const paths = new Set<string>();
  return issues
    .flatMap((issue) => problemsOf(issue, document, settings))
    .filter(({ path }) => !paths.has(path) && paths.add(path));
}

/** What is wrong, of one thing that the schema found: where, what is so, and what to do. */
function problemsOf(issue: z.core.$ZodIssue, document: unknown, settings: Settings): Problem[] {
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
        fix: nearest(key, settings.namesAt(issue.path, document)),
      }));
    case "too_small":
      return wrong(
        `${measured(issue.origin, value)} is too ${issue.origin === "string" ? "short" : "small"}`,
        `use ${issue.inclusive === false ? "more than" : "at least"} ${amount(issue.origin, issue.minimum)}`,
      );
    case "too_big":
      return wrong(
        `${measured(issue.origin, value)} is too ${issue.origin === "string" ? "long" : "large"}`,
        `use ${issue.inclusive === false ? "less than" : "at most"} ${amount(issue.origin, issue.maximum)}`,
      );
    case "invalid_value":
      return value === undefined
        ? wrong("it is missing", `use ${oneOf(issue.values)}`)
        : wrong(impossible(value), `use ${oneOf(issue.values)}`);
    case "invalid_format":
      return wrong(`${shown(value)} is not valid`, formatFix(issue));
    case "invalid_union":
      return union(issue, value, settings);
    case "invalid_key":
      return wrong(
        `"${printable(String(issue.path.at(-1)))}" is not a valid name`,
        issue.issues[0]?.message ?? "correct it",
      );
    case "custom":
      return wrong(told(issue, value), issue.message);
    default:
      return wrong(`${shown(value)} is not valid`, issue.message);
  }
}

/** A check of our own says what is so, if it is more than that the value is not valid. */
function told(issue: z.core.$ZodIssueCustom, value: unknown): string {
  const { fact } = issue.params ?? {};
  return typeof fact === "string" ? fact : `${shown(value)} is not valid`;
}

/** Words may be wrong; what is no word at all cannot be one of them. */
function impossible(value: unknown): string {
  return `${shown(value)} is ${typeof value === "object" ? "none of its values" : "not possible"}`;
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
  return words[noun] ?? `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

function measured(origin: string, value: unknown): string {
  if (origin === "string" && typeof value === "string") return `text of ${amount(origin, value.length)}`;
  return shown(value);
}

function amount(origin: string, bound: number | bigint): string {
  const plural = Number(bound) === 1 ? "" : "s";
  const unit = origin === "string" ? ` character${plural}` : origin === "array" ? (plural ? " entries" : " entry") : "";
  return `${bound}${unit}`;
}

const FORMATS: Record<string, string> = {
  ipv4: "use an IPv4 address, for example 10.0.42.5",
  cidrv4: "use an IPv4 block, for example 10.0.42.0/24",
  url: "use an https address",
  email: "use a mail address, for example ops@store.example",
};

function formatFix(issue: z.core.$ZodIssueInvalidStringFormat): string {
  return FORMATS[issue.format] ?? issue.message;
}

/** Settings that come in kinds: the kind is missing or unknown. */
function union(issue: z.core.$ZodIssueInvalidUnion, value: unknown, settings: Settings): Problem[] {
  const key = "discriminator" in issue && typeof issue.discriminator === "string" ? issue.discriminator : undefined;
  if (key === undefined) {
    const said = issue.message !== "" && issue.message !== "Invalid input";
    return [
      {
        path: formatPath(issue.path),
        fact: impossible(value),
        fix: said ? issue.message : "see the schema for what is",
      },
    ];
  }
  const choices = settings.choicesAt(
    issue.path.slice(0, -1).concat(issue.path.at(-1) === key ? [] : issue.path.slice(-1)),
    key,
  );
  const at = issue.path.at(-1) === key ? issue.path : [...issue.path, key];
  const given = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : value;
  const fix = choices.length > 0 ? `use ${oneOf(choices)}` : "see the schema for what is";
  if (given !== undefined) return [{ path: formatPath(at), fact: impossible(given), fix }];
  // What is named nearly like it is meant to be it: the other settings cannot be judged before the kind is known.
  const meant =
    typeof value === "object" && value !== null
      ? Object.keys(value).find((name) => resembling(name, [key]))
      : undefined;
  return [
    { path: formatPath(at), fact: "it is missing", fix },
    ...(meant === undefined
      ? []
      : [{ path: formatPath([...issue.path, meant]), fact: "no such setting", fix: nearest(meant, [key]) }]),
  ];
}

/** `a`, `a or b`, `a, b or c`. */
function oneOf(values: readonly unknown[]): string {
  const all = values.map(String);
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}
