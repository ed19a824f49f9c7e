import { describe, expect, it } from "vitest";
import { diskReport } from "../../../cli/report/disks";
import { markdownOf } from "../../../cli/report/markdown";
import { stackReport } from "../../../cli/report/stack";
import { runbookPage } from "../../../cli/runbook/page";
import { runbookOf } from "../../../cli/runbook/runbook";
import * as types from "../../../policies/types";
import { factsOfPlan } from "../../../site/facts/plan";
import { withQualifiedDisks } from "../../../site/facts/qualified";
import { demoPlan, demoStacks, found, previewOfChange } from "../../support/changes";

const time = "2026-11-28T20:41:07Z";
const plan = demoPlan();

/** What the site's members said of their disks. */
const members = (...took: (number | undefined)[]) =>
  ["a", "b", "c"].map((letter, i) => ({
    ...{ name: `demo-etcd-${letter}`, role: "etcd", host: `esx-${i + 1}`, address: "10.42.0.1" },
    ...{ datastore: `esx-${i + 1}-a`, device: `naa.${i}` },
    ...(took[i] !== undefined && { disk: { p99Ms: took[i], writes: 1000, time } }),
  }));

function report(...took: (number | undefined)[]) {
  const { before, after } = demoStacks();
  for (const stack of [before, after]) found(stack, "demo", types.site).outputs = { members: members(...took) };
  return stackReport(previewOfChange(before, after));
}

describe("what members' disks took before etcd first started (O6)", () => {
  it("is in the report of a site that runs, with those that were not measured", () => {
    const { disks } = report(0.9, 38.5);
    expect(disks).toEqual({
      limitMs: 10,
      members: [
        { name: "demo-etcd-a", devices: ["naa.5000c500a0000011"], p99Ms: 0.9 },
        { name: "demo-etcd-b", devices: ["naa.5000c500a0000021"], p99Ms: 38.5 },
        { name: "demo-etcd-c", devices: ["naa.5000c500a0000031"] },
      ],
    });
    const text = markdownOf({ stacks: [report(0.9, 38.5)], removed: [], scope: "all" });
    expect(text).toMatch(/`demo-etcd-a` +\| naa\.5000c500a0000011 +\| 0\.9 ms/);
    expect(text).toMatch(/`demo-etcd-b` +\| naa\.5000c500a0000021 +\| \S+ \*\*38\.5 ms\*\*/);
    expect(text).toMatch(/`demo-etcd-c` +\| naa\.5000c500a0000031 +\| not measured/);
  });

  it("is not, where none was measured", () => {
    expect(report()).not.toHaveProperty("disks");
  });

  it("is held to etcd's own limit where a site is left out of the change, and no description tells another", () => {
    const { etcd, ...running } = withQualifiedDisks(factsOfPlan(plan), [
      { name: "demo-etcd-a", disk: { p99Ms: 38.5 } },
    ]);
    expect(etcd?.fsyncLimitMs).toBe(10);
    expect(diskReport(running, undefined)?.limitMs).toBe(10);
  });

  it("stands beside the device in the runbook", () => {
    const page = (outputs: object) =>
      runbookPage(runbookOf(plan, outputs, { stack: "demo", made: new Date(0) })).replace(/<[^>]+>/g, " ");
    const text = page({ members: members(0.9) });
    expect(text).toMatch(/data: esx-1-a, naa\.5000c500a0000011, fsync 0\.9 ms/);
    expect(text).toMatch(/data: esx-2-a, naa\.5000c500a0000021, fsync not measured/);
    expect(page({})).not.toContain("fsync not");
  });
});
