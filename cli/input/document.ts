import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { parseDocument, type YAMLParseError } from "yaml";
import { resembling } from "../../site/description/nearest";
import { type Problem, printable, shown } from "../../site/description/problem";
import { UnusableInput } from "../../site/description/unusableInput";

const MIB = 1024 * 1024;
/** The largest description, in MiB: 5,000 hosts with their devices take about two. */
const LARGEST = 4;

/** Reads YAML or JSON of at most so many MiB; `-` is standard input. */
export function readDocument(file: string, largest = LARGEST): unknown {
  const text = readText(file, largest);
  if (deepest(text) > DEEPEST) throw unusable(file, TOO_DEEP, "flatten it");
  if (file.endsWith(".json")) return parseJson(file, text, largest);
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true, logLevel: "error" });
  // The first one: those after it mostly follow from it.
  const [error] = document.errors;
  if (error) throw unusable(file, ...yamlProblem(error));
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (e) {
    const { message } = e as Error;
    const fact = /^Excessive alias count/.test(message)
      ? `its aliases stand for more than ${MOST_ALIASES} values`
      : firstLine(message);
    throw unusable(file, fact, "write the aliases out");
  }
}

const MOST_ALIASES = 1000;
/** Brackets within brackets that are parsed at all: many times what a description may have. */
const DEEPEST = 500;
const TOO_DEEP = "it is nested far too deep";

/** How many brackets are open at once, at most, wherever they stand: a parser takes minutes for very many, or ends itself. */
function deepest(text: string): number {
  let [open, most] = [0, 0];
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = bracket === "[" || bracket === "{" ? open + 1 : Math.max(0, open - 1);
    most = Math.max(most, open);
  }
  return most;
}

function yamlProblem({ code, message }: YAMLParseError): [fact: string, fix: string] {
  if (code === "MULTIPLE_DOCS") return ["it holds several documents", "leave one in it: nothing after a second ---"];
  if (/call stack/.test(message)) return [TOO_DEEP, "flatten it"];
  return [firstLine(message), "correct the YAML there"];
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
  if (site === null) throw unusable(file, "it is empty", "describe the site in it");
  if (typeof site === "object" && "secure" in site && Object.keys(site).length === 1)
    throw unusable("config.groundwork:site", "it is encrypted", "write the description as it is: no secret is in it");
  const config = property(document, "config");
  if (site !== document || config === undefined) return site;
  if (typeof config !== "object" || config === null)
    throw unusable("config", `${shown(config)} is not an object`, "describe the site in its groundwork:site");
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
      const bytes = readFileSync(descriptor);
      if (bytes.length > largest * MIB) throw tooLarge();
      return decoded(file, bytes);
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

function decoded(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unusable(file, "it is not written in UTF-8", "save it as UTF-8");
  }
}

function parseJson(file: string, text: string, largest: number): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (e) {
    throw unusable(file, firstLine((e as Error).message), "correct the JSON");
  }
  // What is written twice is told in what people write, as in YAML: of two values JSON takes the last without a word.
  const [twice] = largest > LARGEST ? [] : parseDocument(text, { uniqueKeys: true }).errors;
  if (twice?.code === "DUPLICATE_KEY") throw unusable(file, firstLine(twice.message), "correct the JSON there");
  return value;
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
