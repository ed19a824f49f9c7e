import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { formatProblem, type Problem, printable } from "../site/description/problem";

/** A file that cannot be used: exit code 2, one line for each problem. */
export class UnusableInput extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join("\n"));
  }
}

const LARGEST = 64 * 1024 * 1024;

/** Reads YAML or JSON; `-` is standard input. */
export function readDocument(file: string): unknown {
  const text = readText(file);
  if (text.length > LARGEST) throw unusable(file, "it is larger than 64 MiB", "split it into several sites");
  if (file.endsWith(".json")) return parseJson(file, text);
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  const [error] = document.errors;
  if (error) throw unusable(file, firstLine(error.message), "correct the YAML");
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch (e) {
    throw unusable(file, firstLine((e as Error).message), "write the aliases out");
  }
}

/** The site in a document: the document itself, or a stack file's `groundwork:site`. */
export function siteIn(document: unknown): unknown {
  const config = property(document, "config");
  return property(config, "groundwork:site") ?? document;
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    const facts: Record<string, string> = {
      ENOENT: "there is no such file",
      EISDIR: "it is a folder",
      EACCES: "it may not be read",
    };
    throw unusable(file, facts[code ?? ""] ?? "it cannot be read", "name a site's YAML or JSON file");
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (e) {
    throw unusable(file, firstLine((e as Error).message), "correct the JSON");
  }
}

function unusable(file: string, fact: string, fix: string): UnusableInput {
  return new UnusableInput([{ path: printable(file), fact: printable(fact), fix }]);
}

function firstLine(text: string): string {
  return text.split("\n")[0]?.replace(/:$/, "") ?? "";
}
