import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { filesOf } from "../../docs/generate/requirements";

const root = join(__dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  "policies/README.md",
  ...filesOf("docs", ".md"),
  ...filesOf(".github/workflows", ".yml"),
];
/** What pages name after some words, by the first page that does. */
const named = (pattern: RegExp) =>
  new Map(pages.toReversed().flatMap((page) => [...read(page).matchAll(pattern)].map(([, name = ""]) => [name, page])));

it("every script of npm that a page names is there", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const scriptsOfPages = named(/npm run ([a-z:]*[a-z])/g);
  expect(scriptsOfPages.size).toBeGreaterThan(8);
  expect([...scriptsOfPages].filter(([name]) => !(name in scripts))).toEqual([]);
});

it("every command of groundwork that a page names is there", () => {
  const { stdout } = spawnSync(process.execPath, ["cli/groundwork.cjs", "--help"], { cwd: root, encoding: "utf8" });
  const commands = new Set([...stdout.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name));
  const commandsOfPages = named(/(?:npx |`)groundwork ([a-z][a-z-]+)/g);
  expect(commandsOfPages.size).toBeGreaterThan(8);
  expect([...commandsOfPages].filter(([name]) => !commands.has(name))).toEqual([]);
});
