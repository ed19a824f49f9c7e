import { describe, expect, test } from "vitest";
import { DOMAIN_KINDS } from "../../site/description/failureDomains";
import { readSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import { assess } from "../../site/judge/assessment";
import { pairFailures, singleFailures } from "../../site/judge/failures";
import { rankOf } from "../../site/judge/rank";
import { checkRule, checkRules } from "../../site/judge/rules";
import { etcdDevicesAreKnown } from "../../site/judge/rules/etcdDevices";
import { most, planned } from "../support/planning";
import { host, site, threeHosts } from "../support/sites";

const six = [1, 2, 3, 4, 5, 6].map((i) => `esx-${i}`);
const box = (more: Parameters<typeof host>[1] = {}) => host("box", { deviceCount: 3, memoryGiB: 96, ...more });
const mirrored = host("box", {
  memoryGiB: 96,
  devices: [{ id: "naa.ead1", redundancy: "mirror", datastores: ["box-a", "box-b", "box-c"] }],
});

describe("L1", () => {
  test("etcd has an odd number of members", () => {
    expect(planned(site(threeHosts, { etcd: { members: 4 } })).finding("etcd-odd-members")).toMatchObject({
      severity: "mandatory",
      path: "etcd.members",
      message: "4 survives no more than 3 does",
      fix: "use 3 or 5",
    });
  });
  test("three is the minimum, even on one host", () => {
    expect(planned(site([box()])).plan.etcd.members).toHaveLength(3);
    expect(planned(site([box()], { etcd: { members: 1 } })).finding("etcd-three-members")?.severity).toBe("mandatory");
  });
  test("five where the hosts allow it: one down for maintenance and one failed", () => {
    const { plan, hostsOf } = planned(site(six.slice(0, 5).map((n) => host(n))));
    expect(plan.etcd.members).toHaveLength(5);
    expect(new Set(hostsOf("etcd")).size).toBe(5);
  });
  test("with five, one member may be down for maintenance while another one fails", () => {
    const { facts } = planned(site(six.slice(0, 5).map((n) => host(n))));
    const pairs = [...pairFailures(facts)].filter(
      ({ first, second }) => first.kind === "host" && second.kind === "host",
    );
    expect(pairs).toHaveLength(10);
    expect(pairs.every((pair) => pair.etcdQuorum && !pair.dataLost)).toBe(true);
  });
  test("more than seven is refused unless the site is said to be a very large one", () => {
    const nine = six.concat("esx-7", "esx-8", "esx-9").map((n) => host(n));
    expect(planned(site(nine, { etcd: { members: 9 } })).mandatory.map((f) => f.rule)).toEqual([
      "etcd-seven-members-at-most",
    ]);
    expect(planned(site(nine, { etcd: { members: 9, veryLargeSite: true } })).mandatory).toEqual([]);
  });
});

describe("L2", () => {
  test("each etcd member is a machine of its own with 8 GiB and 20 GiB of disk", () => {
    const members = planned(site(threeHosts)).plan.machines.filter((m) => m.role === "etcd");
    expect(members.map((m) => [m.memoryGiB, m.disks.find((d) => d.name === "data")?.sizeGiB])).toEqual([
      [8, 20],
      [8, 20],
      [8, 20],
    ]);
  });
  test("no machine does anything beside a member's work, and a member has no other machine's disk", () => {
    const { machines } = planned(site(threeHosts)).plan;
    const names = machines.map((m) => m.name);
    expect(new Set(names).size).toBe(names.length);
    expect(machines.filter((m) => m.disks.some((d) => d.name === "data")).map((m) => m.role)).toEqual(
      machines.filter((m) => m.role === "etcd").map((m) => m.role),
    );
  });
  test("solid-state disks are chosen where a host has both", () => {
    const both = six.slice(0, 3).map((n) =>
      host(n, {
        devices: [
          { id: `dev.${n}-hdd`, media: "hdd", datastore: `${n}-hdd` },
          { id: `dev.${n}-ssd`, media: "ssd", datastore: `${n}-ssd` },
        ],
      }),
    );
    const { plan } = planned(site(both));
    expect(plan.machines.filter((m) => m.role === "etcd").every((m) => m.disks[1]?.device.endsWith("-ssd"))).toBe(true);
  });
  test("less than 2 GiB of memory or 8 GiB of disk is refused", () => {
    const { mandatory } = planned(site(threeHosts, { etcd: { memoryGiB: 1, diskGiB: 4 } }));
    expect(new Set(mandatory.map((f) => f.rule))).toEqual(new Set(["etcd-memory", "etcd-disk"]));
  });
  test("magnetic disks are refused unless they are accepted by name", () => {
    const magnetic = ["esx-1", "esx-2", "esx-3"].map((n) =>
      host(n, { devices: [{ id: `dev.${n}`, media: "hdd", datastore: n }] }),
    );
    expect(planned(site(magnetic)).finding("etcd-magnetic-disk")?.severity).toBe("mandatory");
    const accepted = planned(site(magnetic, { etcd: { acceptMagneticDisks: true } }));
    expect(accepted.mandatory).toEqual([]);
    expect(accepted.finding("etcd-magnetic-disk")?.severity).toBe("advisory");
  });
});

describe("L3", () => {
  test("each member's disk lies on a different physical device", () => {
    const { plan } = planned(site([box()]));
    const devices = plan.machines.filter((m) => m.role === "etcd").map((m) => m.disks.map((d) => d.device));
    expect(devices).toEqual([
      ["dev.box-1", "dev.box-1"],
      ["dev.box-2", "dev.box-2"],
      ["dev.box-3", "dev.box-3"],
    ]);
  });
  test("or on separate partitions of redundant storage", () => {
    const { plan, mandatory } = planned(site([mirrored]));
    expect(mandatory).toEqual([]);
    expect(new Set(plan.machines.filter((m) => m.role === "etcd").map((m) => m.disks[1]?.datastore)).size).toBe(3);
  });
  test("by device id, not by datastore name: two datastores on one plain device are one device", () => {
    const plain = host("box", { memoryGiB: 96, devices: [{ id: "naa.1", datastores: ["one", "two", "three"] }] });
    expect(planned(site([plain])).finding("etcd-distinct-devices")?.message).toContain("share device naa.1");
  });
  test("what a RAID controller hides is an attestation: without it the same partitions are one device", () => {
    const hidden = { ...mirrored, devices: [{ id: "naa.ead1", datastores: ["box-a", "box-b", "box-c"] }] };
    expect(planned(site([hidden])).finding("etcd-distinct-devices")?.message).toContain("share device naa.ead1");
    expect(planned(site([mirrored])).mandatory).toEqual([]);
  });
  test("a datastore that is on no known device is refused", () => {
    const { facts } = planned(site(threeHosts));
    const machines = facts.machines.map((m) =>
      m.name === "shop-etcd-a" ? { ...m, disks: [{ name: "data" as const, datastore: "elsewhere", devices: [] }] } : m,
    );
    expect(checkRule(etcdDevicesAreKnown, { ...facts, machines }).map((f) => f.path)).toEqual([
      "machines.shop-etcd-a.disks.data",
    ]);
  });
});

describe("L4: one host", () => {
  test("three etcd machines on three devices and two control planes", () => {
    const { plan, mandatory } = planned(site([box()]));
    expect(mandatory).toEqual([]);
    expect(plan.machines.filter((m) => m.role === "control-plane")).toHaveLength(2);
  });
  test("one control plane if memory does not allow two", () => {
    const workers = [{ name: "general", count: 1, cpus: 2, memoryGiB: 4 }];
    const { plan, mandatory, finding } = planned(site([box({ memoryGiB: 44 })], { workers }));
    expect(plan.machines.filter((m) => m.role === "control-plane")).toHaveLength(1);
    expect(mandatory).toEqual([]);
    expect(finding("control-planes-two")?.severity).toBe("advisory");
  });
  test("the description says whether it has redundant storage, ECC and dual power, and the rank counts it", () => {
    expect(rankOf(planned(site([mirrored])).facts).next).toContain("ECC");
    expect(rankOf(planned(site([{ ...mirrored, ecc: true, power: "dual" }])).facts).next).toBeNull();
  });
});

describe("L5: two hosts", () => {
  const two = [host("esx-1", { deviceCount: 3 }), host("esx-2", { deviceCount: 3, reliability: 3 })];
  test("all etcd members on the one most reliable host", () => {
    expect(planned(site(two)).hostsOf("etcd")).toEqual(["esx-2", "esx-2", "esx-2"]);
  });
  test("control planes and load balancers are split over both", () => {
    const { hostsOf, mandatory } = planned(site(two));
    expect([new Set(hostsOf("control-plane")).size, new Set(hostsOf("load-balancer")).size]).toEqual([2, 2]);
    expect(mandatory).toEqual([]);
  });
  test("the report says what is lost with each host", () => {
    const hosts = singleFailures(planned(site(two)).facts).filter((f) => f.kind === "host");
    expect(hosts.map((f) => [f.id, f.etcdQuorum, f.apiReachable, f.dataLost])).toEqual([
      ["esx-1", true, true, false],
      ["esx-2", false, false, true],
    ]);
  });
  test("a 2 + 1 split gains nothing: the loss of the larger part ends etcd, as the loss of all three does", () => {
    const placement = { a: { host: "esx-1" }, b: { host: "esx-1" }, c: { host: "esx-2" } };
    const lost = (input: SiteInput) =>
      singleFailures(planned(input).facts)
        .filter((f) => f.kind === "host" && !f.etcdQuorum)
        .map((f) => f.id);
    expect(lost(site(two, { etcd: { placement } }))).toHaveLength(1);
    expect(lost(site(two))).toHaveLength(1);
  });
  test("a 2 + 1 split, where no host has three devices, is told", () => {
    const split = planned(site([host("esx-1"), host("esx-2")]));
    expect(split.finding("etcd-split-over-two-hosts")?.severity).toBe("advisory");
    expect(split.mandatory).toEqual([]);
  });
});

describe("L6: three or more hosts", () => {
  test("no host holds a majority of etcd", () => {
    for (const members of [3, 5, 7])
      for (const count of [3, 4, 5, 6]) {
        const { hostsOf, mandatory } = planned(
          site(
            six.slice(0, count).map((n) => host(n, { deviceCount: 3 })),
            { etcd: { members } },
          ),
        );
        expect(most(hostsOf("etcd"))).toBe(Math.ceil(members / count));
        expect(mandatory).toEqual([]);
      }
  });
  test("control planes and load balancers are split too", () => {
    const { hostsOf } = planned(site(threeHosts));
    expect([most(hostsOf("control-plane")), most(hostsOf("load-balancer"))]).toEqual([1, 1]);
  });
  test("the loss of any one host leaves the API and etcd up", () => {
    const hosts = singleFailures(planned(site(threeHosts)).facts).filter((f) => f.kind === "host");
    expect(hosts.every((f) => f.etcdQuorum && f.apiReachable && !f.dataLost)).toBe(true);
  });
});

describe("L7", () => {
  for (const level of DOMAIN_KINDS)
    test(`a ${level} is a failure domain where the description names it`, () => {
      const hosts = six.map((n, i) => host(n, { [level]: `d${Math.floor(i / 2)}` }));
      const { facts, mandatory } = planned(site(hosts, { etcd: { members: 3 } }));
      expect(mandatory).toEqual([]);
      const failures = singleFailures(facts).filter((f) => f.kind === level);
      expect(failures).toHaveLength(3);
      expect(failures.every((f) => f.etcdQuorum && f.apiReachable && f.workersLeft > 0)).toBe(true);
    });
});

describe("L8", () => {
  test("a site shows its rank and what the next rank needs", () => {
    const { rank } = assess(planned(site(threeHosts)).plan);
    expect(rank).toMatchObject({ hosts: 3, rung: 5 });
    expect(rank.next).toContain("workload");
  });
  test("what the next rank needs, once it is there, gives the next rank", () => {
    const rung = (input: SiteInput) => assess(planned(input).plan).rank.rung;
    const workers = [{ name: "general", count: 3, cpus: 4, memoryGiB: 16 }];
    expect(rung(site(threeHosts, { workers, workload: { cpus: 6, memoryGiB: 24 } }))).toBe(
      rung(site(threeHosts, { workers })) + 1,
    );
  });
  test("and what each single failure costs", () => {
    const { failures } = assess(planned(site(threeHosts)).plan);
    expect(new Set(failures.map((f) => f.kind))).toEqual(
      new Set(["machine", "load-balancer", "device", "datastore", "host", "network"]),
    );
  });
});

describe("L9", () => {
  test("a separate store for events is placed by the same rules", () => {
    const { plan, hostsOf, mandatory } = planned(site(threeHosts, { etcd: { events: {} } }));
    expect(plan.events?.members).toHaveLength(3);
    expect(new Set(hostsOf("events")).size).toBe(3);
    expect(mandatory).toEqual([]);
  });
  test("its quorum is told apart", () => {
    const failures = singleFailures(planned(site(threeHosts, { etcd: { events: {} } })).facts);
    expect(failures.every((f) => f.eventsQuorum !== undefined)).toBe(true);
  });
});

describe("L10", () => {
  test("half of the CPUs is reserved for etcd and control planes, in the host's MHz", () => {
    const { plan } = planned(site(six.slice(0, 3).map((n) => host(n, { cpuMHz: 2600 }))));
    expect(plan.machines.find((m) => m.role === "etcd")?.reservation.cpuMHz).toBe(2600);
  });
  test("each is placed by explicit datastore, on its host", () => {
    for (const { disks, host: on } of planned(site(threeHosts)).plan.machines)
      expect(disks.every((d) => d.datastore.startsWith(`${on}-`))).toBe(true);
  });
  test("memory is reserved for etcd and control planes, and for nothing else", () => {
    for (const { role, memoryGiB, reservation } of planned(site(threeHosts)).plan.machines)
      expect(reservation.memoryGiB).toBe(role === "etcd" || role === "control-plane" ? memoryGiB : 0);
  });
  test("anti-affinity and VM-host rules cover them, and a missing or optional rule is refused", () => {
    const { facts, plan } = planned(site(threeHosts));
    expect(plan.rules.filter((r) => r.kind === "anti-affinity").map((r) => r.machines.length)).toEqual([3, 2, 2]);
    const optional = facts.placementRules.map((r) => ({ ...r, mandatory: false }));
    const rules = new Set(checkRules({ ...facts, placementRules: optional }).map((f) => f.rule));
    expect(rules).toContain("anti-affinity-mandatory");
    expect(rules).toContain("vm-host-mandatory");
  });
  test("real-vcenter-10: without DRS no rule is made, what is promised then is said, and shared storage is refused for them", () => {
    const without = (more: Partial<SiteInput> = {}) => {
      const described = site(threeHosts, more);
      return planned({
        ...described,
        hypervisor: { ...described.hypervisor, drs: false } as typeof described.hypervisor,
      });
    };
    const { plan, mandatory, finding } = without();
    expect(plan.rules).toEqual([]);
    expect(mandatory).toEqual([]);
    expect(finding("held-without-drs")).toMatchObject({
      ...{ severity: "advisory", path: "hypervisor.drs" },
      message: expect.stringMatching(/no rule keeps machines apart: they stay where they are made/),
    });
    expect(planned(site(threeHosts)).finding("held-without-drs")).toBeUndefined();
    const san = { id: "naa.fa0", kind: "san" as const, media: "ssd" as const, datastores: ["san-1"] };
    const placement = { a: { host: "esx-1", datastore: "san-1" } };
    const shared = without({ sharedStorage: [san], controlPlanes: { placement } });
    expect(shared.mandatory.filter(({ rule }) => rule === "held-without-drs")).toMatchObject([
      { message: "nothing keeps shop-control-plane-a on esx-1: other hosts see naa.fa0, and start it there" },
    ]);
  });
});

describe("L11", () => {
  const workers = [{ name: "general", count: 3, cpus: 4, memoryGiB: 16 }];
  test("after the loss of any one host the rest carry the workload", () => {
    const enough = site(threeHosts, { workers, workload: { cpus: 6, memoryGiB: 24 } });
    expect(planned(enough).mandatory).toEqual([]);
    const tooMuch = site(threeHosts, { workers, workload: { cpus: 9, memoryGiB: 24 } });
    expect(planned(tooMuch).mandatory.map((f) => f.path)).toEqual(["hosts.esx-1", "hosts.esx-2", "hosts.esx-3"]);
  });
  test("memory and CPUs both count, the kubelets' own part taken off", () => {
    const input = (workload: { cpus: number; memoryGiB: number }) => planned(site(threeHosts, { workers, workload }));
    expect(input({ cpus: 7.8, memoryGiB: 26 }).mandatory).toEqual([]);
    expect(input({ cpus: 8, memoryGiB: 1 }).mandatory.map((f) => f.rule)).toContain("n-1-capacity");
    expect(input({ cpus: 1, memoryGiB: 27 }).mandatory.map((f) => f.rule)).toContain("n-1-capacity");
  });
  test("what does not fit into a host's CPUs is refused, at the accepted overcommitment", () => {
    const small = six.slice(0, 3).map((n) => host(n, { cpus: 2 }));
    const workers = [{ name: "general", count: 6, cpus: 8, memoryGiB: 16 }];
    expect(planned(site(small, { workers })).mandatory.some((f) => f.rule === "host-cpus")).toBe(true);
    expect(planned(site(small, { workers, capacity: { cpuOvercommit: 16 } })).mandatory).toEqual([]);
  });
  test("what does not fit into a host's memory is refused before anything is made", () => {
    const { mandatory } = planned(site(["esx-1", "esx-2", "esx-3"].map((n) => host(n, { memoryGiB: 20 }))));
    expect(mandatory.some((f) => f.rule === "host-memory")).toBe(true);
  });
  test("a workload that is not declared is told", () => {
    expect(planned(site(threeHosts)).finding("workload-declared")?.severity).toBe("advisory");
  });
});

describe("L12", () => {
  const plain = (loadBalancer: SiteInput["loadBalancer"]) => planned(site(threeHosts, { loadBalancer }));
  test("at least two API servers behind a load balancer", () => {
    expect(planned(site(threeHosts, { controlPlanes: 1 })).finding("control-planes-two")?.severity).toBe("mandatory");
    expect(plain({ kind: "haproxy", count: 1 }).finding("load-balancers-two")?.severity).toBe("mandatory");
  });
  test("or an external one, or several DNS A records", () => {
    expect(plain({ kind: "external", endpoint: "lb.example" }).mandatory).toEqual([]);
    const dns = plain({ kind: "dns", endpoint: "api.example" });
    expect(dns.mandatory).toEqual([]);
    expect(dns.finding("dns-endpoint")?.severity).toBe("advisory");
  });
});

test("a layout that does not exist is explained by the smallest conflict and what to buy", () => {
  const { findings } = assess(planned(site([host("esx-1", { memoryGiB: 96 })])).plan);
  const conflict = findings.find((f) => f.rule === "layout-exists");
  expect(conflict?.message).toBe("no layout keeps all of: a device of its own for each of 3 etcd members");
  expect(conflict?.fix).toContain("a third device on esx-1");
});

test("a description may name its schema version", () => {
  expect(readSite({ ...site(threeHosts), version: 1 })).toHaveProperty("spec");
  expect(readSite({ ...site(threeHosts), version: 2 })).toMatchObject({ problems: [{ path: "version" }] });
});
