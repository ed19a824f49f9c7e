// Writes docs/requirements.md from docs/requirements.yaml, the rules and the titles of tests: npm run docs:requirements
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { parse } from "yaml";
import { z } from "zod";
import { subjects } from "../../site/judge/rules/catalog";

const root = join(__dirname, "../..");
const code = z.string().regex(/^[LSCODWR]\d{1,2}$/);

const rowSchema = z.strictObject({
  what: z.string(),
  asked: z.array(z.enum(["B", "K", "P", "A", "X"])),
  reports: z.array(z.string()).default([]),
  open: z.string().optional(),
});
const documentSchema = z.strictObject({
  sources: z.record(z.string(), z.string()),
  chapters: z.array(z.strictObject({ title: z.string(), rows: z.record(code, rowSchema) })),
});

/** A row of the requirements, with what serves it. */
export interface Requirement extends z.output<typeof rowSchema> {
  code: string;
  /** Ids of the rules whose source names it. */
  rules: string[];
  /** Files of tests, from the root of the project, with a title that names it. */
  tests: string[];
}

export interface Chapter {
  title: string;
  requirements: Requirement[];
}

/** The codes that a rule's source begins with: `L3, L8 [B]` → L3 and L8. */
export function codesOfSource(source: string): string[] {
  return /^[LSCODWR]\d{1,2}(?:, ?[LSCODWR]\d{1,2})*/.exec(source)?.[0].split(/, ?/) ?? [];
}

/** The codes of a text: `L4: one host` begins with one, `a store for events (L9)` has one in brackets. An "S3 server" is none. */
export function codesOfTitle(title: string): string[] {
  const first = /^([LSCODWR]\d{1,2})(?=:|$)/.exec(title)?.[1];
  const bracketed = [...title.matchAll(/\(([LSCODWR]\d{1,2}(?:, ?[LSCODWR]\d{1,2})*)\)/g)];
  return [...(first ? [first] : []), ...bracketed.flatMap(([, codes = ""]) => codes.split(/, ?/))];
}

/** Every file below a folder with this ending, from the root of the project, in order. */
export function filesOf(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .sort();
}

/** Every code that the titles of tests name, with the files. */
export function testsByCode(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of filesOf("test", ".test.ts")) {
    for (const title of titles(readFileSync(join(root, file), "utf8"))) {
      for (const each of codesOfTitle(title)) found.set(each, (found.get(each) ?? new Set()).add(file));
    }
  }
  return found;
}

/** The titles of describe, test and it, those with `.each` and the like too. */
function* titles(text: string): Generator<string> {
  const calls: ts.Node[] = [ts.createSourceFile("test.ts", text, ts.ScriptTarget.Latest)];
  for (let node = calls.pop(); node; node = calls.pop()) {
    ts.forEachChild(node, (child) => void calls.push(child));
    if (!ts.isCallExpression(node)) continue;
    const [first] = node.arguments;
    if (first === undefined || !/^(describe|test|it)$/.test(called(node.expression))) continue;
    if (ts.isStringLiteralLike(first)) yield first.text;
    else if (ts.isTemplateExpression(first))
      yield [first.head.text, ...first.templateSpans.map((s) => s.literal.text)].join("…");
  }
}

/** `describe` of `describe.each(rows)`. */
function called(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression) || ts.isCallExpression(expression))
    return called(expression.expression);
  return "";
}

function readDocument() {
  return documentSchema.parse(parse(readFileSync(join(root, "docs/requirements.yaml"), "utf8")));
}

/** All rows, with the rules and tests of each. */
export function requirements(): Chapter[] {
  const rules = subjects.flatMap((subject) => subject.rules);
  const tests = testsByCode();
  return readDocument().chapters.map(({ title, rows }) => ({
    title,
    requirements: Object.entries(rows).map(([name, row]) => ({
      code: name,
      ...row,
      rules: rules.filter(({ source }) => codesOfSource(source).includes(name)).map(({ id }) => id),
      tests: [...(tests.get(name) ?? [])],
    })),
  }));
}

/** docs/requirements.md. */
export function requirementsPage(): string {
  const sources = Object.entries(readDocument().sources).map(([letter, what]) => `- **[${letter}]** ${what}`);
  return `${[
    "# What production grade means here",
    "Findings, policies and tests name the row that they serve: `L3`, `S7`. A row stays until it works in a running site and a test shows it; " +
      "what is not there yet is said. The page is made by `npm run docs:requirements` from " +
      "[requirements.yaml](requirements.yaml), the rules, and the titles of the tests.",
    "The letters in square brackets say who asks for it:",
    sources.join("\n"),
    ...requirements().flatMap(({ title, requirements: rows }) => [`## ${title}`, ...rows.map(section)]),
  ].join("\n\n")}\n`;
}

function section({ code: name, what, asked, reports, open, rules, tests }: Requirement): string {
  const by = asked
    .map((letter) => (letter === "X" && reports.length > 0 ? `X: ${reports.join(", ")}` : letter))
    .join("; ");
  return [
    `### ${name}`,
    "",
    `${what}${by ? ` [${by}]` : ""}`,
    "",
    ...(open ? [`- **Open:** ${open}`] : []),
    ...(rules.length > 0 ? [`- Rules: ${rules.map((id) => `[${id}](policies/${id}.md)`).join(", ")}`] : []),
    ...(tests.length > 0
      ? [`- Tests: ${tests.map((file) => `[${file.slice("test/".length)}](../${file})`).join(", ")}`]
      : []),
  ]
    .join("\n")
    .trimEnd();
}

if (require.main === module) writeFileSync(join(root, "docs/requirements.md"), requirementsPage());
