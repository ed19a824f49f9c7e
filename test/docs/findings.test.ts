import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";

const folder = "findings";
const names = readdirSync(folder).filter((name) => name.endsWith(".sh"));
const helpers = readdirSync(`${folder}/programs`);
const isExecutable = (name: string) => (statSync(`${folder}/${name}`).mode & 0o100) !== 0;
const findings = names.filter(isExecutable);
const table = readFileSync(`${folder}/README.md`, "utf8");

describe("findings about other people's software", () => {
  test.each(findings)("%s says what it is about, cleans up and can fail", (name) => {
    const text = readFileSync(`${folder}/${name}`, "utf8");
    const header = text.split("\n").filter((line) => line.startsWith("#"));
    for (const field of ["Software", "Guess", "Behaviour", "Output"])
      expect(
        header.some((line) => line.startsWith(`# ${field}: `)),
        field,
      ).toBe(true);
    expect(header.find((line) => line.startsWith("# Software: "))).toMatch(/\d+\.\d+/);
    expect(text).toContain("set -euo pipefail\n");
    expect(text).toMatch(/^work=\$\(mktemp -d\)$/m);
    expect(text).toMatch(/^trap .* EXIT$/m);
    expect(text).toMatch(/(\|\||then) changed ["']/);
    expect(text).toMatch(/printf 'ok: /);
  });

  test("are all in the table, once, and nothing else is", () => {
    const rows = [...table.matchAll(/^\| \[[\w-]+\]\(([\w-]+\.sh)\) \|/gm)].map(([, name]) => name);
    expect(rows).toEqual([...findings].sort());
  });

  test("name guards that are there", () => {
    const guards = [...table.matchAll(/\]\((\.\.\/[^)]+)\)/g)].map(([, path]) => `${folder}/${path}`);
    expect(guards.length).toBeGreaterThan(0);
    expect(guards.filter((path) => !existsSync(path))).toEqual([]);
  });

  test("leave shellcheck nothing to say", () => {
    expect(
      execFileSync("shellcheck", ["-x", ...names, ...helpers.map((name) => `programs/${name}`)], {
        cwd: folder,
        encoding: "utf8",
      }),
    ).toBe("");
  }, 600_000);

  test("have helpers that every one of them names, and nobody runs", () => {
    for (const name of helpers) expect(table).toContain(`\`${name}\``);
    expect(helpers.filter((name) => isExecutable(`programs/${name}`))).toEqual([]);
    expect(names).toEqual(findings);
  });
});
