import { describe, expect, it } from "vitest";
import { safePlan } from "../../components/safePlan";
import { parseSite } from "../../site/description/parse";
import { completeFacts } from "../../site/facts/complete";
import { withQualifiedDisks } from "../../site/facts/qualified";
import { assess } from "../../site/judge/assessment";
import { checkRules } from "../../site/judge/rules";
import { planSite } from "../../site/plan/plan";
import { demoPlan } from "../support/demoStack";
import { largeSite } from "../support/sites";

/** As no description can say it: what is wrong with it would be told before there is a plan. */
function openPlan() {
  const { spec } = demoPlan();
  const kubelet = { ...spec.kubernetes.kubelet, authentication: { anonymous: { enabled: true } } };
  return planSite({ ...spec, kubernetes: { ...spec.kubernetes, kubelet } });
}

const refused = "the kubelet answers anonymous requests; leave authentication, authorization and readOnlyPort out of";

describe("a plan is asked every rule that it can answer:", () => {
  const plan = openPlan();

  it("a kubelet that answers anybody is refused, once for each kind of machine", () => {
    const findings = assess(plan).findings.filter(({ rule }) => rule === "kubelet-access");
    expect(findings.map(({ severity, path }) => [severity, path])).toEqual([
      ["mandatory", "demo-control-plane-a"],
      ["mandatory", "demo-control-plane-b"],
      ["mandatory", "demo-general-a"],
    ]);
  });

  it("`up` refuses it before anything is made", () => {
    expect(() => safePlan(plan.spec)).toThrow(`demo-general-a: ${refused}`);
  });

  it("hardware is not blamed for it", () => {
    expect(assess(plan).findings.map(({ rule }) => rule)).not.toContain("conflict");
  });

  it("what its owner attests beside it is not asked", () => {
    const asked = assess(demoPlan()).findings.map(({ rule }) => rule);
    expect(asked).toEqual(expect.arrayContaining(["kubelet-swap", "vcenter-verified"]));
    expect(asked.filter((rule) => /^(backup|restore|disks)-/.test(rule))).toEqual([]);
  });

  it("a member's disk is judged by what was measured of it, and not where nothing was (O6)", () => {
    const facts = completeFacts(demoPlan());
    const slow = (p99Ms: number, limit?: number) =>
      checkRules(
        withQualifiedDisks({ ...facts, ...(limit && facts.etcd && { etcd: { ...facts.etcd, fsyncLimitMs: limit } }) }, [
          { name: "demo-etcd-a", disk: { p99Ms } },
          { name: "demo-etcd-b" },
        ]),
      ).flatMap(({ rule, severity, path }) => (rule === "etcd-fsync" ? [[severity, path]] : []));
    expect(slow(10)).toEqual([]);
    expect(slow(10.01)).toEqual([["advisory", "machines.demo-etcd-a.disks.data"]]);
    expect(slow(38, 50)).toEqual([]);
    expect(slow(3, 2)).toHaveLength(1);
  });

  it("what a thousand machines get is rendered once for each kind of them", () => {
    const { objects } = completeFacts(planSite(parseSite(largeSite(200, 991))));
    expect(objects?.configurations?.length).toBeLessThanOrEqual(8);
  });
});
