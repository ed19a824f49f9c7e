import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { resembling } from "../../site/description/nearest";
import { type Problem, printable } from "../../site/description/problem";
import { UnusableInput } from "../../site/description/unusableInput";

const MIB = 1024 * 1024;
/** The largest description, in MiB: 5,000 hosts with their devices take about two. */
const LARGEST = 4;

/** Reads YAML or JSON of at most so many MiB; `-` is standard input. */
export function readDocument(file: string, largest = LARGEST): unknown {
  const text = readText(file, largest);
  if (file.endsWith(".json")) return parseJson(file, text);
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  // The first one: those after it mostly follow from it.
  const [error] = document.errors;
  if (error) throw unusable(file, firstLine(error.message), "correct the YAML there");
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

/** The site in a file: a stack file's `groundwork:site`, or the whole file. */
export function readSiteFile(file: string): unknown {
  const document = readDocument(file);
  const site = siteIn(document);
  const config = property(document, "config");
  if (site !== document || typeof config !== "object" || config === null) return site;
  const alike = resembling("groundwork:site", Object.keys(config));
  throw new UnusableInput([
    alike === undefined
      ? { path: "config", fact: "it has no groundwork:site", fix: "describe the site there" }
      : { path: `config.${printable(alike)}`, fact: "no such setting", fix: "did you mean groundwork:site?" },
  ]);
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function readText(file: string, largest: number): string {
  const tooLarge = () => unusable(file, `it is larger than ${largest} MiB`, "split it into several sites");
  try {
    const descriptor = file === "-" ? 0 : openSync(file, "r");
    try {
      // Told by its size, before it is read.
      if (fstatSync(descriptor).size > largest * MIB) throw tooLarge();
      const text = readFileSync(descriptor, "utf8");
      if (text.length > largest * MIB) throw tooLarge();
      return text;
    } finally {
      if (descriptor !== 0) closeSync(descriptor);
    }
  } catch (e) {
    if (e instanceof UnusableInput) throw e;
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
  return new UnusableInput([problem(file, fact, fix)]);
}

/** What a library says is told whole: the place of a mistake stands at its end. */
function problem(file: string, fact: string, fix: string): Problem {
  return { path: printable(file), fact: fact.slice(0, 400).replace(/[^\x20-\x7e]/gu, "?"), fix };
}

function firstLine(text: string): string {
  return text.split("\n")[0]?.replace(/:$/, "") ?? "";
}
