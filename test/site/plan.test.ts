import { describe, expect, test } from "vitest";
import { parseSite } from "../../site/description/parse";
import { factsOfPlan } from "../../site/facts/plan";
import { singleFailures } from "../../site/judge/failures";
import { checkRules } from "../../site/judge/rules";
import { planSite } from "../../site/plan/plan";
import { site, threeHosts } from "../support/sites";

describe("the plan of a three-host site", () => {
  const plan = planSite(parseSite(site(threeHosts)));
  const hostsOf = (role: string) => plan.machines.filter((m) => m.role === role).map((m) => m.host);

  test("has nine machines, one etcd member on each host", () => {
    expect(plan.machines).toHaveLength(9);
    expect(hostsOf("etcd")).toEqual(["esx-1", "esx-2", "esx-3"]);
  });

  test("splits control planes, load balancers and workers over hosts", () => {
    for (const role of ["control-plane", "load-balancer", "worker"]) expect(new Set(hostsOf(role)).size).toBe(2);
  });

  test("breaks no mandatory rule", () => {
    expect(checkRules(factsOfPlan(plan)).filter((f) => f.severity === "mandatory")).toEqual([]);
  });

  test("keeps etcd and the API up after any single failure but the network's", () => {
    const fatal = singleFailures(factsOfPlan(plan)).filter((f) => !f.etcdQuorum || !f.apiReachable || f.dataLost);
    expect(fatal.map((f) => f.kind)).toEqual(["network"]);
  });
});

test("two members that an owner puts on one device are refused, by name", () => {
  const placement = { a: { host: "esx-1", datastore: "esx-1-a" }, b: { host: "esx-1", datastore: "esx-1-a" } };
  const plan = planSite(parseSite(site(threeHosts, { etcd: { placement } })));
  const finding = checkRules(factsOfPlan(plan)).find((f) => f.rule === "etcd-distinct-devices");
  expect(finding).toMatchObject({ severity: "mandatory", path: "machines.shop-etcd-b.disks" });
  expect(finding?.message).toBe(
    "etcd members shop-etcd-a and shop-etcd-b share device dev.esx-1-1 (datastore esx-1-a)",
  );
});
