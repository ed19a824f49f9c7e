import { describe, expect, it } from "vitest";
import { markdownOf } from "../../../cli/report/markdown";
import { previewOf } from "../../../cli/report/preview";
import { stackReport } from "../../../cli/report/stack";
import { demoPlan, demoStacks, previewOfChange, stackOf } from "../../support/changes";

const told = (...[preview]: Parameters<typeof stackReport>): string =>
  markdownOf({ stacks: [stackReport(preview)], removed: [], scope: "asked for" });

const certificate = (id: string, ...[expires = "", ...successors]: string[]) => ({
  ...{ id, expires, successors },
  ...{ machines: ["demo-etcd-a"], places: [{ where: "demo-etcd-a" }] },
});

describe("until when a site lives alone, in its report", () => {
  it("is the day, what ends first and next, and for how long after each `up`", () => {
    const certificates = [
      certificate("etcd-peer", "2027-02-26T08:00:00Z", "2027-05-27T08:00:00Z", "2028-11-28T08:00:00Z"),
      certificate("front-proxy", "2027-02-26T08:00:00Z", "2028-12-24T08:00:00Z"),
    ];
    const { alone } = previewOf("demo", [], { running: { certificates } });
    const { before, after } = demoStacks();
    const text = told(previewOfChange(before, after, { preview: { alone } }));
    expect(text).toContain(
      "### Without an `up`\n\nWhat runs goes on until **2028-11-28**: `etcd-peer` ends first, then `front-proxy` on 2028-12-24.\n\n" +
        "After each `up` it goes on for 24 months.\n",
    );
  });

  it("is marked where a change shortens it, and of a site that does not run nothing but what is described", () => {
    const { before } = demoStacks();
    const shorter = stackOf(demoPlan((site) => Object.assign(site, { pki: { ...site.pki, aloneMonths: 0 } })));
    expect(told(previewOfChange(before, shorter))).toContain(
      "After each `up` it went on for 24 months → ❌ **until its certificates end**.\n",
    );
    expect(told(previewOfChange(shorter, before))).toContain(
      "it went on until its certificates end → **for 24 months**.\n",
    );
    expect(told(previewOfChange([], before))).toContain(
      "### Without an `up`\n\nAfter each `up` it goes on for 24 months.\n",
    );
    expect(previewOf("demo", [], { running: { certificates: [] } })).not.toHaveProperty("alone");
  });
});
