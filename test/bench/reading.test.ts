import fc from "fast-check";
import { expect, it } from "vitest";
import { trend } from "../../bench/fleet/reading";

const saw = (i: number) => 20 * ((i / 100) % 1);

it("what grows is told through what rises and falls", () => {
  const readings = Array.from({ length: 401 }, (_, i) => ({ sites: 100 + i, MB: 200 + 0.2 * i + saw(i) }));
  const { first, last } = trend(readings);
  expect(last - first).toBeGreaterThan(75);
  expect(last - first).toBeLessThan(90);
});

it("a straight line is told as it is", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.double({ min: -1, max: 1, noNaN: true }), (base, slope) => {
      const readings = Array.from({ length: 50 }, (_, sites) => ({ sites, MB: base + slope * sites }));
      expect(trend(readings).first).toBeCloseTo(base, 6);
      expect(trend(readings).last).toBeCloseTo(base + slope * 49, 6);
    }),
  );
});

it("one reading is both", () => {
  expect(trend([{ sites: 7, MB: 100 }])).toEqual({ first: 100, last: 100 });
});
