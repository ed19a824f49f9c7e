import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commandRow, plannerRows } from "../../bench/commands";
import { figures, withFigures } from "../../bench/page";
import { cells, holds, judged, type Limit, median, type Ratio } from "../../bench/ratio";

const up: Ratio = { what: "up", unit: "s", before: [60, 50, 55], now: [33, 30, 36], most: 0.65 };
const plan: Limit = { what: "plan", unit: "s", values: [0.6, 0.4], most: 0.5 };

describe("a row", () => {
  test("is a ratio of medians with the noise of both sides, or a number with its limit", () => {
    expect([median([3, 1, 2]), median([1, 2]), median([])]).toEqual([2, 1.5, Number.NaN]);
    expect(judged(up)).toBeCloseTo(0.6);
    expect(holds(up)).toBe(true);
    expect(cells(up)).toEqual(["up", "55.0 s (± 9 %)", "33.0 s (± 9 %)", "0.60 ×", "0.65 ×", "holds"]);
    expect(holds({ ...up, most: 0.5 })).toBe(false);
    expect(cells(plan)).toEqual(["plan", "", "0.50 s (± 20 %)", "", "0.50 s", "holds"]);
  });
});

describe("the page", () => {
  const machine = { processors: 2, processor: "a processor", memoryGiB: 24, node: "20.20.2" };

  test("gets new figures in the place of the old ones, and only there", () => {
    const page = readFileSync(join(__dirname, "../../docs/performance.md"), "utf8");
    const once = withFigures(page, figures([up, plan], machine, "24ecc10", 3, "2026-11-28"));
    expect(once).toContain("| up | 55.0 s (± 9 %) | 33.0 s (± 9 %) | 0.60 × | 0.65 × | holds |");
    expect(withFigures(once, "other")).not.toContain("55.0 s");
    const head = (text: string) => text.slice(0, text.indexOf("<!-- figures"));
    expect(head(once)).toBe(head(page));
    expect(() => withFigures("no marks", "x")).toThrow("docs/performance.md: its marks are gone");
  });
});

describe("short forms", () => {
  test("a plan in a process of its own, and the command as people run it", () => {
    const said: string[] = [];
    const [time, memory] = plannerRows(1, (text) => said.push(text), 40);
    expect(time?.values[0]).toBeGreaterThan(0);
    expect(memory?.values[0]).toBeGreaterThan(0.01);
    expect(commandRow(1, (text) => said.push(text)).values).toHaveLength(1);
    expect(said).toEqual([
      expect.stringMatching(/^run 1 of 1: 40 hosts in \S+ s/),
      expect.stringMatching(/^groundwork plan: /),
    ]);
  });
});
