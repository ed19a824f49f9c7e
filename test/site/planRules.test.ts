import { describe, expect, it } from "vitest";
import { safePlan } from "../../components/safePlan";
import { parseSite } from "../../site/description/parse";
import { completeFacts } from "../../site/facts/complete";
import { assess } from "../../site/judge/assessment";
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

  it("what a thousand machines get is rendered once for each kind of them", () => {
    const { objects } = completeFacts(planSite(parseSite(largeSite(200, 991))));
    expect(objects?.configurations?.length).toBeLessThanOrEqual(8);
  });
});
