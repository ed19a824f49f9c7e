import { describe, expect, it } from "vitest";
import { drawingsOf } from "../../../cli/report/html/drawing";
import { markdownOf } from "../../../cli/report/markdown";
import { stackReport } from "../../../cli/report/stack";
import { demoPlan, inputsOf, previewOfChange, type Resource, stackOf } from "../../support/changes";

const other = () => stackOf(demoPlan((site) => Object.assign(site, { name: "other" })));

/** Both sites in one program; what both have by the same name is the other's with its name before it. */
function beside(demo: Resource[], other: Resource[]): Resource[] {
  const taken = new Set(demo.map(({ name }) => name));
  const own = (name: string) => (taken.has(name) ? `other-${name}` : name);
  const renamed = other.map((resource) => ({
    ...resource,
    name: own(resource.name),
    ...(resource.parent !== undefined && { parent: own(resource.parent) }),
  }));
  return [...demo, ...renamed];
}

describe("a stack of two sites", () => {
  const before = beside(stackOf(demoPlan()), other());

  it("is told as a whole: of each, what it survives, its rank, its capacity and its drawing", () => {
    const report = stackReport(previewOfChange(before, before));
    const [second] = report.others;
    expect(report.others).toHaveLength(1);
    expect([report.site, second?.site]).toEqual(["demo", "other"]);
    expect(second?.survival).toEqual(report.survival);
    expect(second?.rank).toEqual(report.rank);
    expect(second?.capacity).toEqual(report.capacity);
    expect(second?.drawing?.facts.machines.map(({ name }) => name)).toContain("other-etcd-a");
    expect(report.verdict).toEqual({ is: "safe", reasons: [], cautions: [] });

    const text = markdownOf({ stacks: [report], removed: [], scope: "asked for" });
    expect(text).toMatch(/^## .*Safe: demo and other: nothing changes\n/);
    for (const name of ["demo", "other"]) expect(text).toContain(`### Site ${name}\n\n#### What the site survives\n`);
    const drawings = drawingsOf(report);
    expect(drawings.map(({ properties }) => properties.id)).toEqual(["site-demo-demo", "site-demo-other"]);
  });

  it("is unsafe for what happens to the second alone, which is named", () => {
    const after = beside(stackOf(demoPlan()), other());
    const [a, b] = ["other-etcd-a", "other-etcd-b"].map((name) => inputsOf(after, name));
    Object.assign(b ?? {}, { hostSystemId: a?.hostSystemId, datastoreId: a?.datastoreId, disks: a?.disks });
    const { verdict, survival, others } = stackReport(previewOfChange(before, after));
    expect(verdict.is).toBe("unsafe");
    expect(verdict.reasons).toContainEqual(
      expect.stringMatching(/^other: host esx-1 can no longer fail: etcd loses quorum/),
    );
    expect(verdict.reasons.filter((reason) => reason.startsWith("demo: "))).toEqual([]);
    expect(survival.changes).toEqual([]);
    expect(others[0]?.survival.changes.filter(({ worse }) => worse)).toHaveLength(3);
  });

  it("counts the members of each store by themselves", () => {
    const replaced = { "demo-etcd-a": ["guestId"], "other-etcd-a": ["guestId"] };
    const report = stackReport(previewOfChange(before, before, { replaced }));
    const stores = [report, ...report.others].map(({ disruption }) => disruption.etcd);
    expect(stores.map(({ replaced, dataLost }) => [replaced, dataLost])).toEqual([
      [["demo-etcd-a"], false],
      [["other-etcd-a"], false],
    ]);
    expect(report.verdict.is).toBe("safe");
    expect(report.verdict.cautions).toContain(
      "other: etcd member other-etcd-a is replaced: until it has caught up, no other member may fail",
    );
  });

  it("says what goes with a site that is taken out", () => {
    const report = stackReport(previewOfChange(before, stackOf(demoPlan())));
    expect(report.others).toMatchObject([{ site: "other" }]);
    expect(report.others[0]?.drawing).toBeUndefined();
    expect(report.verdict.cautions.join()).toContain("deleted for good: other-control-plane-a");
  });
});
