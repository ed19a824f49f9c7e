import { describe, expect, it } from "vitest";
import { filesIn } from "../../policies/archive";
import { Deployment } from "../../policies/deployment";
import { factsOf, sitesAtTheEnd } from "../../policies/registered/site";
import * as types from "../../policies/types";
import { parseSite } from "../../site/description/parse";
import { completeFacts } from "../../site/facts/complete";
import { configurationFact } from "../../site/facts/configuration";
import { factsOfPlan } from "../../site/facts/plan";
import { checkRules } from "../../site/judge/rules";
import { allRules } from "../../site/judge/rules/catalog";
import { planSite } from "../../site/plan/plan";
import { archived } from "../support/configuration";
import { demoPlan, judged, type Resource, registered, stackOf } from "../support/demoStack";
import { existingSite } from "../support/existingSite";

describe("a plan and what is registered of it", () => {
  it("give the same facts of machines, disks and DRS rules", () => {
    const plan = demoPlan();
    const deployment = new Deployment(true);
    const resources = registered(stackOf(plan), deployment);
    const [site] = sitesAtTheEnd(resources, deployment);
    if (site === undefined) throw new Error("no site");
    const facts = JSON.parse(JSON.stringify(factsOf(site, "left out")));
    expect(facts).toEqual(JSON.parse(JSON.stringify(factsOfPlan(plan))));
  });

  it.each(["demo-control-plane-a", "demo-etcd-a", "demo-general-a", "demo-load-balancer-a"])(
    "give the same facts of the configuration of %s",
    (name) => {
      const plan = demoPlan();
      const planned = completeFacts(plan).objects?.configurations?.find(({ path }) => path === name);
      const sent = configurationFact(name, filesIn(archived(plan, name)));
      const plain = (fact: unknown) => JSON.stringify(fact).replaceAll(/"secret":"[^"]*"/g, '"secret":""');
      expect(plain(sent)).toBe(plain(planned));
    },
  );

  it("break no mandatory rule", () => {
    const findings = checkRules(completeFacts(demoPlan()), allRules);
    expect(findings.filter(({ severity }) => severity === "mandatory")).toEqual([]);
    // What machines that are containers cannot do, and what a plan does not tell, is advice.
    const advised = findings.map(({ rule }) => rule);
    expect(advised).toEqual(
      expect.arrayContaining(["vcenter-verified", "kubelet-swap", "kubeadm-checks", "backup-made"]),
    );
  });
});

describe("a site on servers that exist", () => {
  const plan = planSite(parseSite(existingSite()));
  const stack = (): Resource[] => [
    { type: types.site, name: plan.site, inputs: { plan } },
    ...plan.machines.map(
      (machine): Resource => ({
        type: "groundwork:index:ExistingMachine",
        name: machine.name,
        parent: plan.site,
        inputs: { plan: machine },
      }),
    ),
  ];
  const mandatory = (resources: Resource[], preview: boolean) =>
    judged(resources, { preview }).filter(({ level }) => level === "mandatory");

  it("is judged like any other: sound", () => {
    expect(mandatory(stack(), true)).toEqual([]);
  });

  it.each([true, false])("is refused for two members on one device (preview: %s)", (preview) => {
    const [site, ...machines] = stack();
    if (site === undefined) throw new Error("no site");
    const broken = structuredClone(plan);
    const [one, other] = broken.machines.filter(({ role }) => role === "etcd");
    if (one === undefined || other === undefined) throw new Error("no members");
    Object.assign(other, { host: one.host, disks: one.disks });
    const reported = mandatory([{ ...site, inputs: { plan: broken } }, ...machines], preview);
    expect(reported.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`etcd members ${one.name} and ${other.name} share device`),
    );
  });
});
