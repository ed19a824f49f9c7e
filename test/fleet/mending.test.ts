import fc from "fast-check";
import { expect, it } from "vitest";
import { planRollout } from "../../fleet/rollout/plan";
import { readPolicy } from "../../fleet/rollout/read";
import { policyAmong } from "../../fleet/watch/mending";
import { candidate, START } from "./plannedRollout";

function policy(given: object) {
  const read = readPolicy(given);
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  return read.policy;
}

it("a policy that names canaries and labels of a whole fleet serves any of its sites", () => {
  const whole = policy({ canaries: ["s-0", "s-3"], atOncePer: { town: 1, rack: 2 } });
  const sites = fc.uniqueArray(
    fc.record({
      i: fc.integer({ min: 0, max: 6 }),
      town: fc.constantFrom(undefined, "fulda"),
      is: fc.constantFrom("safe" as const, "safe" as const, "unsafe" as const),
    }),
    { minLength: 1, selector: ({ i }) => i },
  );
  fc.assert(
    fc.property(sites, (drawn) => {
      const all = drawn.map(({ i, town, is }) =>
        candidate(`s-${i}`, { labels: town ? { town } : {}, verdict: { is, reasons: [] } }),
      );
      const safe = drawn.filter(({ is }) => is === "safe").map(({ i }) => `s-${i}`);
      const planned = planRollout(all, policyAmong(all, whole), START);
      if ("problems" in planned) {
        expect({ safe, planned }).toMatchObject({
          safe: [],
          planned: { problems: all.map(() => ({ path: expect.stringMatching(/^sites/) })) },
        });
        return;
      }
      const canaries = ["s-0", "s-3"].filter((name) => safe.includes(name));
      expect(planned.plan.waves[0]).toEqual(canaries.length > 0 ? canaries : [expect.any(String)]);
      expect(planned.plan.waves.flat().sort()).toEqual(safe.sort());
    }),
    { numRuns: 200 },
  );
});

it("is the policy itself where all that it names is there", () => {
  const whole = policy({ canaries: ["b"], atOncePer: { town: 1 } });
  const all = ["a", "b"].map((name) => candidate(name, { labels: { town: "fulda" } }));
  expect(policyAmong(all, whole)).toEqual(whole);
});
