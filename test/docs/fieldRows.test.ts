import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { table } from "../../cli/output/table";
import { filesOf } from "../../docs/generate/requirements";

const root = join(__dirname, "../..");

/** What differs on a real vCenter, and what people's sites look like: each row is shown by a test, or said to need hardware. */
const ROWS = [
  ...Array.from({ length: 30 }, (_, i) => `real-vcenter-${String(i + 1).padStart(2, "0")}`),
  ...Array.from({ length: 17 }, (_, i) => `F${i + 1}`),
  ...Array.from({ length: 5 }, (_, i) => `official-plugins-${i + 1}`),
];

/** The rows that a text names. */
function named(text: string): string[] {
  const rows = /\breal-vcenter[- ]\d\d\b|\bF\d\d?\b|\bofficial[- ]plugins[- ]\d\b/g;
  return (text.match(rows) ?? []).map((row) => row.replaceAll(" ", "-"));
}

/** Files of tests by the rows that they name. */
function covered(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of filesOf("test", ".test.ts")) {
    if (file.endsWith("fieldRows.test.ts")) continue;
    const text = readFileSync(join(root, file), "utf8");
    for (const row of named(text)) found.set(row, (found.get(row) ?? new Set()).add(file));
  }
  return found;
}

test("each row of what real sites differ in has a test, or a sentence in docs/lab.md", () => {
  const tests = covered();
  const lab = readFileSync(join(root, "docs/lab.md"), "utf8");
  const onHardware = new Set(named(lab));
  const lines = ROWS.map((row) => [
    row,
    [...(tests.get(row) ?? [])].join(", ") || (onHardware.has(row) ? "docs/lab.md" : "nowhere"),
  ]);
  console.log(table(["ROW", "SHOWN IN"], lines));
  expect(lines.filter(([, where]) => where === "nowhere").map(([row]) => row)).toEqual([]);
  // What is named must be a row.
  expect([...tests.keys(), ...onHardware].filter((row) => !ROWS.includes(row))).toEqual([]);
});
