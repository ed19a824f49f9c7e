import fc from "fast-check";
import { it } from "vitest";
import { carrierOf } from "../../../cli/scale/carrier";
import type { ClusterSeen } from "../../../cli/scale/model";
import { parseSite } from "../../../site/description/parse";
import { appliedOf } from "../../../site/life/applied";
import { planSite } from "../../../site/plan/plan";
import { sought } from "../../support/searches";
import { host, site } from "../../support/sites";
import { drawnCluster, judge } from "./drawn";

it("a decision where the planner places the workers and the rules refuse is as good (W4)", () => {
  const drawn = fc.record({
    sizes: fc.array(fc.constantFrom(48, 64, 96, 192), { minLength: 2, maxLength: 4 }),
    workload: fc.option(fc.integer({ min: 1, max: 12 })),
  });
  fc.assert(
    fc.property(drawn, drawnCluster, ({ sizes, workload }, { pools: [only], waiting }) => {
      if (only?.scale === undefined) return;
      const described = site(
        sizes.map((memoryGiB, i) => host(`esx-${i + 1}`, { memoryGiB, deviceCount: 3 })),
        {
          etcd: { acceptMagneticDisks: false },
          workers: [{ name: "general", count: only.count, cpus: 4, memoryGiB: 16, scale: only.scale }],
          ...(workload && { workload: { cpus: workload, memoryGiB: workload } }),
        },
      );
      const spec = parseSite(described);
      const before = planSite(spec);
      // Whatever was decided runs; the next decision is made from there.
      const carrier = carrierOf(spec, appliedOf(before));
      const seen: ClusterSeen = { pools: [only], waiting, hosts: sizes.length, waitingForOther: 0, isMeasured: true };
      judge(seen, carrier);
    }),
    { numRuns: sought(100), seed: 19 },
  );
});
