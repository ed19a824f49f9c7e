import { expect, it } from "vitest";
import { goTool } from "../../image/build/go";
import { runner } from "../../lab/toolchain/artifact";

// official-plugins-3: 64 tasks at a time are waited for on one property collector, and none is lost.
it("the simulator passes its own tests", async () => {
  const packages = ["guestinfo", "inventory", "vcenter"].map((name) => `./internal/${name}`);
  const report = await goTool(runner(), "lab/go/vcenter", ["test", "-count=1", ...packages]);
  expect(report.match(/^ok /gm)).toHaveLength(packages.length);
});
