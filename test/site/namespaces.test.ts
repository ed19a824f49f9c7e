import { describe, expect, it } from "vitest";
import { parseSite, readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import type { SiteInput } from "../../site/description/spec";
import { factsOfPlan } from "../../site/facts/plan";
import { checkRules, formatFinding } from "../../site/judge/rules";
import { quotasSurviveAnyHost } from "../../site/judge/rules/capacity";
import { planSite } from "../../site/plan/plan";
import { site, threeHosts } from "../support/sites";

type Namespaces = NonNullable<SiteInput["namespaces"]>;

function problemsOf(namespaces: unknown): string[] {
  const read = readSite({ ...site(threeHosts), namespaces });
  return "problems" in read ? read.problems.map(formatProblem) : [];
}

function found(namespaces: Namespaces): string[] {
  const facts = factsOfPlan(planSite(parseSite(site(threeHosts, { namespaces }))));
  return checkRules(facts, [quotasSurviveAnyHost]).map(formatFinding);
}

describe("namespaces of a description (C4, C5)", () => {
  it("are none unless they are listed, and are guarded where nothing else is said", () => {
    expect(parseSite(site(threeHosts))).not.toHaveProperty("namespaces");
    expect(parseSite(site(threeHosts, { namespaces: [{ name: "tills" }] })).namespaces).toEqual([
      {
        name: "tills",
        podSecurity: "restricted",
        limitRange: { enabled: true, cpus: 0.1, memoryMiB: 128, memoryLimitMiB: 512 },
        defaultDeny: true,
        groups: { admin: [], edit: [], view: [] },
        priority: "standard",
      },
    ]);
  });

  it.each<[string, unknown, string]>([
    ["twice", [{ name: "a" }, { name: "a" }], "namespaces[1].name: a is already listed at namespaces[0]; list it once"],
    [
      "Kubernetes' own",
      [{ name: "kube-system" }],
      "namespaces[0].name: kube-system is Kubernetes' own; use a name that does not begin with kube-, and is not default",
    ],
    [
      "the default one",
      [{ name: "default" }],
      "namespaces[0].name: default is Kubernetes' own; use a name that does not begin with kube-, and is not default",
    ],
    [
      "no label",
      [{ name: "Tills_1" }],
      'namespaces[0].name: "Tills_1" is not valid; use lower-case letters, digits and hyphens',
    ],
    [
      "a limit below the request",
      [{ name: "a", limitRange: { memoryMiB: 1024 } }],
      "namespaces[0].limitRange.memoryLimitMiB: 512 is less than what a container requests, 1024; use at least 1024",
    ],
    [
      "a quota for less than one container",
      [{ name: "a", quota: { cpus: 0.05, memoryGiB: 0.1 } }],
      "namespaces[0].quota.memoryGiB: 0.1 GiB are less than one container requests, 128 MiB; use more, or lower limitRange.memoryMiB\n" +
        "namespaces[0].quota.cpus: 0.05 are less than one container requests, 0.1; use more, or lower limitRange.cpus",
    ],
    [
      "no such priority",
      [{ name: "a", priority: "high" }],
      'namespaces[0].priority: "high" is not possible; use critical, standard, low or any',
    ],
    ["a misspelt key", [{ name: "a", quotas: {} }], "namespaces[0].quotas: no such setting; did you mean quota?"],
    [
      "nothing at all to run",
      [{ name: "a", quota: { cpus: 0, memoryGiB: 1 } }],
      "namespaces[0].quota.cpus: 0 is too small; use at least 0.001",
    ],
  ])("are refused with place and fix: %s", (_, namespaces, said) => {
    expect(problemsOf(namespaces).join("\n")).toBe(said);
  });

  it("promise no more than the workers have after the loss of any one host", () => {
    const quota = (cpus: number, memoryGiB: number) => ({ quota: { cpus, memoryGiB } });
    expect(
      found([
        { name: "a", ...quota(2, 8) },
        { name: "b", ...quota(1, 4) },
      ]),
    ).toEqual([]);
    expect(found([{ name: "a" }])).toEqual([]);
    const [finding] = found([
      { name: "a", ...quota(2, 8) },
      { name: "b", ...quota(2, 4) },
    ]);
    expect(finding).toMatch(
      /^hosts\.esx-\d: without esx-\d the workers have 3\.9 CPUs and 13\.1 GiB for pods, quotas promise 4 and 12; lower quotas/,
    );
  });
});
