import { describe, expect, test } from "vitest";
import type { VcenterFacts } from "../../../site/facts/vcenter";
import { preflight } from "../../../site/judge/preflight";
import { plan, told, vcenter, wanted } from "./facts";

const esx2 = (change: Partial<VcenterFacts["hosts"][number]>) => (facts: VcenterFacts) =>
  Object.assign(facts.hosts[1] as object, change);

describe("hosts, the cluster and its network (real-vcenter-10, real-vcenter-15, real-vcenter-16)", () => {
  test.each([
    [esx2({ connection: "notResponding" }), /^refused hosts\[1\]\.name: esx-2 is not responding/],
    [esx2({ connection: "disconnected" }), /esx-2 is disconnected/],
    [esx2({ maintenance: true }), /esx-2 is in maintenance mode/],
    [esx2({ inCluster: false }), /esx-2 is not in cluster C0/],
    [esx2({ networks: [] }), /^refused hypervisor\.network: esx-2 has no port group VM Network/],
    [esx2({ name: "ESX-2" }), /vCenter shows no host esx-2/],
  ])("%s", (change, expected) => {
    expect(told(change).join("\n")).toMatch(expected);
  });

  test("F10: a datacenter with a bracket in its name or its folder's, in which the plugin finds nothing", () => {
    const at = (path: string) => told((facts) => Object.assign(facts.templates[0] as object, { path }));
    for (const place of ["Süd [1]", "Läden [a-z]/DC0", "["])
      expect(at(`/${place}/vm/groundwork-node`)).toEqual([
        expect.stringContaining(`refused hypervisor.datacenter: the vSphere plugin makes no machine in ${place}: `),
      ]);
    for (const place of ["Süd (1) {a} *?", "DC0]", "50%25 a%2fb 'q'"]) expect(at(`/${place}/vm/node [1]`)).toEqual([]);
  });

  test("a network that is not there, or there twice", () => {
    expect(told((facts) => facts.networks.pop())).toEqual([expect.stringMatching(/no network VM Network/)]);
    expect(told((facts) => facts.networks.push({ id: "dvs-1", name: "VM Network", kind: "distributed" }))).toEqual([
      expect.stringMatching(/2 networks are called VM Network \(standard, distributed\)/),
    ]);
  });

  test("a port group of a distributed switch, whose name others have (F13)", () => {
    const on = (id: string, name: string, distributedSwitch: string) => ({
      ...{ id, name, kind: "distributed" as const, distributedSwitch },
    });
    const seen = (distributedSwitch: string | undefined, change: (facts: VcenterFacts) => void = () => {}) => {
      const facts = vcenter((each) => {
        each.networks.push(on("dvpg-1", "VM Network", "switch-a"), on("dvpg-2", "VM Network", "switch-b"));
        each.networks.push(on("dvpg-3", "Other", "switch-c"));
        for (const host of each.hosts) host.networks.push("dvpg-1", "dvpg-2");
        change(each);
      });
      return preflight(plan, { ...wanted, distributedSwitch }, facts, new Set())
        .filter(({ path }) => /network$|Switch$/.test(path))
        .map(({ state, path, fact, fix }) => `${state} ${path}: ${fact}${fix ? `; ${fix}` : ""}`);
    };
    expect(seen("switch-b")).toEqual([
      "ok hypervisor.network: VM Network (distributed on switch-b) is on every host that gets machines",
    ]);
    expect(seen(undefined)).toEqual([
      "refused hypervisor.network: 3 networks are called VM Network (standard, distributed on switch-a, distributed on switch-b); " +
        "name the switch of the one that is meant, hypervisor.distributedSwitch: switch-a or switch-b; or rename all but one of them",
    ]);
    expect(seen("switch-c")).toEqual([
      "refused hypervisor.network: distributed switch switch-c has no port group VM Network; name one of its port groups; " +
        "there is one of that name: standard, distributed on switch-a, distributed on switch-b",
    ]);
    expect(seen("switch-d")).toEqual([
      "refused hypervisor.distributedSwitch: vCenter shows no distributed switch switch-d to this account; use its name there: switch-a, switch-b, switch-c",
    ]);
    const away = (facts: VcenterFacts) => Object.assign(facts.hosts[1] as object, { networks: ["dvpg-2"] });
    expect(seen("switch-a", away)).toEqual([
      "refused hypervisor.network: esx-2 has no port group VM Network; add the host to distributed switch switch-a",
    ]);
    expect(seen("switch-a", (facts) => facts.networks.push(on("dvpg-9", "VM Network", "switch-a")))).toEqual([
      expect.stringMatching(/2 networks are called VM Network .*; rename all but one of them$/),
    ]);
  });

  test("DRS off is a caution on the hosts' own datastores; HA admission control is one, too", () => {
    const without = (facts: VcenterFacts) => {
      facts.cluster = { name: "C0", drs: false, ha: { enabled: true, admissionControl: true } };
    };
    expect(told(without)).toEqual([
      expect.stringMatching(/^caution hypervisor\.cluster: DRS is off in C0/),
      expect.stringMatching(/^caution hypervisor\.cluster: HA admission control is on in C0/),
    ]);
  });

  test("a description without DRS is as vCenter is, or is told", () => {
    const seen = (drs: boolean) => {
      const facts = vcenter((each) => Object.assign(each.cluster as object, { drs }));
      return preflight({ ...plan, rules: [] }, { ...wanted, drs: false }, facts, new Set())
        .filter(({ path }) => path === "hypervisor.drs")
        .map(({ state, fact }) => `${state} ${fact}`);
    };
    expect(seen(false)).toEqual(["ok DRS is off in C0, as described: no rules are made"]);
    expect(seen(true)).toEqual([expect.stringMatching(/^caution DRS is on in C0, and no rule keeps machines/)]);
  });

  test("no cluster of that name is one line", () => {
    const none = (facts: VcenterFacts) => {
      delete facts.cluster;
    };
    expect(told(none)).toEqual([expect.stringMatching(/^refused hypervisor\.cluster: vCenter shows no cluster C0/)]);
  });
});
