import fc from "fast-check";
import { it } from "vitest";
import { turns } from "./clusters";
import { drawnCluster, judge } from "./drawn";

it("a decision keeps to its bounds and to what hosts carry, leaves nobody without a seat, and is the last one (W4)", () => {
  fc.assert(
    fc.property(drawnCluster, fc.integer({ min: 0, max: 30 }), (seen, most) => judge(seen, turns(seen.hosts, most))),
    { numRuns: 1000 },
  );
});
