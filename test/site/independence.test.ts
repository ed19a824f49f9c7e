import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(__dirname, "../../site");

/** Every file that a file of site/ needs when it runs, itself included; what is imported as a type only does not count. */
function needed(file: string, seen = new Set<string>()): Set<string> {
  const path = resolve(root, file);
  if (seen.has(path)) return seen;
  seen.add(path);
  const imports = readFileSync(path, "utf8").matchAll(/^(?:import|export) (?!type )[^;]*? from "(\.[^"]+)";/gms);
  for (const [, from = ""] of imports) {
    const target = resolve(path, "..", from);
    const found = [`${target}.ts`, join(target, "index.ts")].find((candidate) => {
      try {
        return readFileSync(candidate, "utf8") !== undefined;
      } catch {
        return false;
      }
    });
    if (found) needed(found, seen);
  }
  return seen;
}

const files = (file: string) => [...needed(file)].map((path) => relative(root, path)).sort();
const placement = /^(plan\/(layout|counts|addresses|plan)|description\/(requests|room)|judge\/conflict)\b/;

describe("the proof checks the solver, and shares nothing with it", () => {
  test.each(["judge/failures.ts", "judge/rules/index.ts", "judge/rank.ts"])(
    "%s needs no code that places machines",
    (file) => {
      const all = files(file);
      expect(all.length).toBeGreaterThan(2);
      expect(all.filter((name) => placement.test(name))).toEqual([]);
    },
  );

  test("the solver needs no rule and no proof", () => {
    const all = files("plan/plan.ts");
    expect(all.length).toBeGreaterThan(10);
    expect(all.filter((name) => /^(judge|facts)\b/.test(name))).toEqual([]);
  });

  test("(what places machines is found by this test)", () => {
    expect(files("judge/assessment.ts").filter((name) => placement.test(name))).toContain("plan/layout.ts");
  });
});
