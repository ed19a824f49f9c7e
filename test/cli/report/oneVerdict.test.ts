import { describe, expect, it } from "vitest";
import { gist } from "../../../cli/report/document";
import { stackReport } from "../../../cli/report/stack";
import { safePlan } from "../../../components/safePlan";
import type { SiteSpec } from "../../../site/description/spec";
import { changeFindings } from "../../../site/judge/change";
import { appliedOf } from "../../../site/life/applied";
import type { Before } from "../../../site/life/changes/model";
import { readSaved, savedText, standingOf } from "../../../site/life/saved";
import { planSite } from "../../../site/plan/plan";
import { demoPlan, previewOfChange, stackOf } from "../../support/changes";

const before = demoPlan();
const standing = appliedOf(before);

/** What `plan --against`, the program (a preview and `up`) and the report say of a changed description. */
function verdicts(change: (spec: SiteSpec) => void) {
  const spec = structuredClone(before.spec);
  change(spec);
  const plan = planSite(spec, { against: standing });
  const findings = changeFindings(plan, standing);
  const told = (severity: string) => findings.filter((f) => f.severity === severity).map(({ message }) => message);
  const program = () => safePlan(spec, undefined, standing).cautions.map(({ fact }) => fact);
  const report = stackReport(previewOfChange(stackOf(before), stackOf(plan), { preview: { standing } }));
  return { refused: told("mandatory"), cautions: told("advisory"), program, report: report.verdict };
}

describe("one verdict by plan --against, the preview, `up` and the report", () => {
  it("a host left out, after which another can no longer fail, is a caution in the same words", () => {
    const { refused, cautions, program, report } = verdicts((spec) => {
      spec.hosts = spec.hosts.filter(({ name }) => name !== "esx-3");
    });
    expect(refused).toEqual([]);
    const losses = cautions.filter((caution) => caution.includes("can no longer fail"));
    expect(losses).toContainEqual(expect.stringMatching(/^host esx-\d can no longer fail: etcd loses quorum/));
    expect(program()).toEqual(cautions);
    expect(report.is).toBe("safe");
    for (const caution of cautions) expect(report.cautions.join("\n")).toContain(caution);
  });

  it("a saved plan is compared alike, and one of an earlier version as far as it tells", () => {
    const spec = structuredClone(before.spec);
    spec.hosts = spec.hosts.filter(({ name }) => name !== "esx-3");
    const read = readSaved(JSON.parse(savedText(before)));
    if (!("saved" in read)) throw new Error("it is not read");
    expect(standingOf(read.saved)).toEqual({ ...standing, version: undefined });
    const cautions = (against: Before) => changeFindings(planSite(spec, { against }), against);
    expect(cautions(read.saved)).toEqual(cautions(standing));
    const { standing: _, ...earlier } = read.saved;
    expect(standingOf(earlier)).toBeUndefined();
    const older = { ...standing, settled: undefined };
    expect(cautions(older).map(({ path, message }) => `${path}: ${message}`)).toContainEqual(
      expect.stringMatching(/^standing: an earlier version .+ network\.serviceCidr, .+: a change of one is not seen$/),
    );
  });

  it.each<[string, (spec: SiteSpec) => void, string]>([
    [
      "an older version of Kubernetes",
      ({ kubernetes }) => Object.assign(kubernetes, { version: "1.36.3" }),
      "Kubernetes 1.37.2 runs and 1.36.3 is older",
    ],
    ["one that skips a minor", ({ kubernetes }) => Object.assign(kubernetes, { version: "1.39.0" }), "skips 1.38"],
    ["an older etcd", ({ etcd }) => Object.assign(etcd, { version: "3.6" }), "etcd 3.7 runs and 3.6 is older"],
    [
      "another version out of one template",
      ({ kubernetes }) => Object.assign(kubernetes, { version: "1.37.3" }),
      "which holds Kubernetes 1.37.2",
    ],
  ])("%s is refused in the same words", (_, change, words) => {
    const { refused, program, report } = verdicts(change);
    expect(refused.join("\n")).toContain(words);
    expect(program).toThrow(words);
    expect(report.is).toBe("unsafe");
    expect(report.reasons.join("\n")).toContain(words);
  });

  it("a loss that comes with what a rule refuses is refused by the program, and unsafe in the report", () => {
    const { program, report } = verdicts((spec) => {
      spec.controlPlanes.count = 1;
    });
    expect(program).toThrow("controlPlanes.count: demo-control-plane-a is the only control plane");
    expect(report.is).toBe("unsafe");
    expect(report.reasons).toContain("machine demo-control-plane-a can no longer fail: the API is down");
  });

  it("what survives as before is none", () => {
    const { refused, cautions, program, report } = verdicts((spec) => {
      spec.kubernetes.kubelet = { maxPods: 120 };
    });
    expect([refused, cautions, program()]).toEqual([[], [], []]);
    expect(report).toEqual({ is: "safe", reasons: [], cautions: [] });
  });

  it("what must not be is refused in the same words", () => {
    const { refused, program, report } = verdicts((spec) => {
      spec.network.podCidr = "10.200.0.0/16";
    });
    expect(refused).toHaveLength(1);
    expect(program).toThrow(refused[0]);
    expect(report.is).toBe("unsafe");
    expect(report.reasons.join("\n")).toContain(refused[0]);
  });

  it("what the program alone knows, as of vCenter's devices, is refused by the report, too", () => {
    const reason = "hosts[1].devices[0].id: esx-2-a lies on naa.1, not on naa.2; write id: naa.1";
    const errors = [
      `demo: refused before anything is changed\n${reason}\n\`groundwork preflight\` tells all; groundwork:preflight: false leaves this out`,
    ];
    const report = stackReport({ ...previewOfChange([], []), errors, complete: false });
    expect(report.verdict).toEqual({ is: "unsafe", reasons: [reason], cautions: [] });
    expect(gist(report)).toBe("demo: refused, nothing is touched");
    const failed = stackReport({ ...previewOfChange([], []), errors: ["demo: it broke"], complete: false });
    expect(failed.verdict.is).toBe("unjudged");
  });
});
