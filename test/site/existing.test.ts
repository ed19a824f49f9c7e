import { describe, expect, test } from "vitest";
import { readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import type { SiteInput } from "../../site/description/spec";
import { hostKeyOf } from "../support/hostKeys";
import { planned } from "../support/planning";
import { site, threeHosts } from "../support/sites";

type Role = NonNullable<SiteInput["machines"]>[number]["role"];

/** Servers `etcd-1`, `etcd-2` … on the hosts in turn. */
function servers(counts: Partial<Record<Role, number>>): NonNullable<SiteInput["machines"]> {
  return Object.entries(counts).flatMap(([role, count], group) =>
    Array.from({ length: count }, (_, i) => ({
      name: `${role}-${i + 1}`,
      role: role as Role,
      host: `esx-${(i % 3) + 1}`,
      address: `10.0.42.${20 + group * 10 + i}`,
      hostKey: hostKeyOf(group * 10 + i),
      ...(role === "worker" && { pool: "general" }),
    })),
  );
}

const usual = { etcd: 3, "control-plane": 2, "load-balancer": 2, worker: 2 } as const;
const existing = (counts: Partial<Record<Role, number>>, more: Partial<SiteInput> = {}) =>
  site(threeHosts, { hypervisor: { kind: "existing" }, machines: servers(counts), ...more });

function refusal(input: SiteInput): string[] {
  const result = readSite(input);
  return "problems" in result ? result.problems.map(formatProblem) : [];
}

describe("existing servers", () => {
  test("are planned where they are", () => {
    const { plan, mandatory } = planned(existing(usual));
    expect(mandatory).toEqual([]);
    expect(plan.machines.map((m) => m.name)).toEqual(
      servers(usual)
        .map((m) => m.name)
        .sort(),
    );
  });

  test.each<[string, SiteInput, string]>([
    [
      "four members are asked for, three are listed",
      existing(usual, { etcd: { members: 4 } }),
      "etcd.members: 4 is not the number of machines that are listed as etcd, 3; list 4 of them, or use 3",
    ],
    [
      "three control planes are asked for, two are listed",
      existing(usual, { controlPlanes: 3 }),
      "controlPlanes.count: 3 is not the number of machines that are listed as control-plane, 2; list 3 of them, or use 2",
    ],
    [
      "a pool of two has one",
      existing({ ...usual, worker: 1 }),
      "workers[0].count: 2 is not the number of machines that are listed as worker in pool general, 1; list 2 of them, or use 1",
    ],
    [
      "three load balancers are asked for, two are listed",
      existing(usual, { loadBalancer: { kind: "haproxy", count: 3 } }),
      "loadBalancer.count: 3 is not the number of machines that are listed as load-balancer, 2; list 3 of them, or use 2",
    ],
    [
      "a store for events without servers",
      existing(usual, { etcd: { events: {} } }),
      "machines: no machine has the role events; give servers the role events, or remove etcd.events",
    ],
    [
      "servers for events without a store",
      existing({ ...usual, events: 3 }),
      "machines: a machine has the role events, but there is no etcd.events; set etcd.events, or give it another role",
    ],
    [
      "a worker without a pool",
      existing(usual, { machines: servers(usual).map(({ pool: _, ...m }) => m) }),
      "machines[7].pool: a worker belongs to a pool; use general",
    ],
  ])("%s", (_, input, problem) => {
    expect(refusal(input)).toContain(problem);
  });

  test("three listed load balancers need no number", () => {
    expect(planned(existing({ ...usual, "load-balancer": 3 })).mandatory).toEqual([]);
  });
});

test("a network add-on's store is for an add-on that needs one", () => {
  expect(refusal(site(threeHosts, { etcd: { networkStore: {} } }))).toEqual([
    "etcd.networkStore: pod network routed needs no store of its own; remove it, or use kubernetes.podNetwork.kind manifest with an add-on that reads kube-system/groundwork-network-store",
  ]);
});
