import { describe, expect, test } from "vitest";
import { vcenterOf } from "../../site/description/hypervisors";
import { readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import { appliedOf, isReplaced, membersLost, readApplied } from "../../site/life/applied";
import { judgeChange } from "../../site/life/changes/judge";
import { differences, readSaved, savedText } from "../../site/life/saved";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { noProxy } from "../../site/render/proxy";
import { site, threeHosts } from "../support/sites";

interface Network {
  name: string;
  network: string;
  cidr: string;
  machines: string;
  roles?: string[];
}

const storage: Network = {
  name: "storage",
  network: "VLAN 50",
  cidr: "10.0.50.0/24",
  machines: "10.0.50.10-10.0.50.40",
};
const backup: Network = { name: "backup", network: "VLAN 51", cidr: "10.0.51.0/24", machines: "10.0.51.10-10.0.51.40" };

function described(networks: readonly Network[] | undefined, more: object = {}) {
  const base = site(threeHosts, more);
  return { ...base, hypervisor: { ...base.hypervisor, ...(networks && { networks }) } };
}

function planned(networks: readonly Network[] | undefined, more: object = {}, against?: SitePlan): SitePlan {
  const read = readSite(described(networks, more));
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
  return planSite(read.spec, { against });
}

const problems = (networks: readonly object[]) => {
  const read = readSite(described(networks as Network[]));
  return "problems" in read ? read.problems.map(formatProblem) : [];
};

const cards = (plan: SitePlan) =>
  Object.fromEntries(
    plan.machines.flatMap(({ name, cards: own }) =>
      own ? [[name, own.map(({ network, address }) => `${network} ${address}`).join(", ")]] : [],
    ),
  );

describe("cards in further networks", () => {
  test("are workers' alone, unless roles say otherwise; the order in which networks are written is none", () => {
    const both = [storage, { ...backup, roles: ["etcd", "worker"] }];
    expect(cards(planned([storage]))).toEqual({
      "shop-general-a": "storage 10.0.50.40",
      "shop-general-b": "storage 10.0.50.39",
    });
    expect(Object.keys(cards(planned(both)))).toEqual([
      ...["shop-etcd-a", "shop-etcd-b", "shop-etcd-c", "shop-general-a", "shop-general-b"],
    ]);
    expect(cards(planned(both))["shop-general-a"]).toMatch(/^backup 10\.0\.51\.\d+, storage 10\.0\.50\.40$/);
    expect(planned([...both].reverse()).machines).toEqual(planned(both).machines);
  });

  test("are not in the plan of a site that has none", () => {
    expect(JSON.stringify(planned(undefined))).not.toContain("cards");
    expect(JSON.stringify(appliedOf(planned(undefined)))).not.toContain("cards");
  });

  test("keep their addresses while others come, by a saved plan and by what runs", () => {
    const before = planned([storage]);
    const saved = readSaved(JSON.parse(savedText(before)));
    if ("problem" in saved) throw new Error(formatProblem(saved.problem));
    const workers = [{ name: "general", count: 4, cpus: 4, memoryGiB: 16 }];
    const smaller = { ...storage, machines: "10.0.50.30-10.0.50.45" };
    const after = planSite(planned([smaller], { workers }).spec, { against: saved.saved });
    expect(cards(after)).toMatchObject(cards(before));
    expect(new Set(Object.values(cards(after))).size).toBe(4);
    const { applied } = readApplied(JSON.parse(JSON.stringify(appliedOf(before)))) as { applied: never };
    expect(cards(planSite(planned([smaller], { workers }).spec, { against: applied }))).toEqual(cards(after));
    expect(differences(planned(undefined), saved.saved).map(formatProblem)).toEqual([
      expect.stringMatching(/shop-general-a: its further cards would change from storage 10\.0\.50\.40 to none; /),
      expect.stringMatching(/shop-general-b: /),
    ]);
  });

  test("need no proxy", () => {
    expect(noProxy(planned([storage], { proxy: { http: "http://proxy.example:3128" } }))).toContain("10.0.50.0/24");
  });
});

describe("a site that runs", () => {
  test("has a machine that gets or loses a card made anew, and no other one", () => {
    const [without, one] = [planned(undefined), planned([storage])];
    const replaced = (plan: SitePlan, before: SitePlan) =>
      plan.machines.filter((each) => isReplaced(plan, each, appliedOf(before))).map(({ name }) => name);
    expect(replaced(without, without)).toEqual([]);
    expect(replaced(one, without)).toEqual(["shop-general-a", "shop-general-b"]);
    expect(replaced(without, one)).toEqual(["shop-general-a", "shop-general-b"]);
    expect(replaced(planned([{ ...storage, network: "VLAN 60" }]), one)).toEqual([]);
    expect(replaced(planned([{ ...storage, name: "san" }]), one)).toEqual(["shop-general-a", "shop-general-b"]);
  });

  test("keeps the only member of a store", () => {
    const alone = { etcd: { members: 1 as const } };
    const before = appliedOf(planned(undefined, alone));
    const lost = membersLost(planned([{ ...storage, roles: ["etcd"] }], alone), before);
    expect(lost.map(formatProblem)).toEqual([
      expect.stringMatching(
        /^machines\.shop-etcd-a: it is the only member of etcd .*; keep its template, size and networks/,
      ),
    ]);
  });

  test("does not leave the range that holds its addresses", () => {
    const before = planned([storage]);
    const away = planned([{ ...storage, machines: "10.0.50.60-10.0.50.90" }], {}, before);
    expect(judgeChange(away, before).refused.map(formatProblem)).toEqual([
      "hypervisor.networks[0].machines: 10.0.50.60-10.0.50.90 leaves out shop-general-a (10.0.50.40), shop-general-b (10.0.50.39): " +
        "a machine that runs cannot change its address; those inside the new range keep theirs; " +
        "use a range that holds the address of every machine that runs, or give the network another name",
    ]);
    expect(
      judgeChange(planned([{ ...storage, machines: "10.0.50.30-10.0.50.90" }], {}, before), before).refused,
    ).toEqual([]);
  });
});

describe("what cannot be is told by its path", () => {
  test.each<[string, object, RegExp]>([
    [
      "a range outside",
      { machines: "10.0.60.10-10.0.60.40" },
      /^hypervisor\.networks\[0\]\.machines: .* is not inside 10\.0\.50\.0\/24/,
    ],
    [
      "a range backwards",
      { machines: "10.0.50.40-10.0.50.10" },
      /^hypervisor\.networks\[0\]\.machines: .* runs backwards/,
    ],
    ["too few addresses", { machines: "10.0.50.10-10.0.50.10" }, /holds 1 addresses for 2 machines/],
    [
      "the machines' own network",
      { cidr: "10.0.42.0/24", machines: "10.0.42.130-10.0.42.140" },
      /^hypervisor\.networks\[0\]\.cidr: 10\.0\.42\.0\/24 overlaps network\.cidr/,
    ],
    [
      "the pods' network",
      { cidr: "10.244.0.0/24", machines: "10.244.0.10-10.244.0.40" },
      /^hypervisor\.networks\[0\]\.cidr: .* overlaps network\.podCidr/,
    ],
    [
      "the broadcast address",
      { machines: "10.0.50.200-10.0.50.255" },
      /^hypervisor\.networks\[0\]\.machines: .* holds the broadcast address of hypervisor\.networks\[0\]\.cidr/,
    ],
    [
      "multicast",
      { cidr: "224.0.50.0/24", machines: "224.0.50.10-224.0.50.40" },
      /^hypervisor\.networks\[0\]\.cidr: 224\.0\.50\.0\/24 is in 224\.0\.0\.0\/4/,
    ],
    ["a name of the kernel's", { name: "eth1" }, /^hypervisor\.networks\[0\]\.name: /],
    ["a name that is too long", { name: "storage-and-backups" }, /^hypervisor\.networks\[0\]\.name: /],
    ["loopback's name", { name: "lo" }, /^hypervisor\.networks\[0\]\.name: /],
  ])("%s", (_, change, told) => {
    const found = problems([{ ...storage, ...change }]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(told);
  });

  test("two of one name, and two that overlap", () => {
    expect(problems([storage, { ...backup, name: "storage" }])).toEqual([
      expect.stringMatching(/^hypervisor\.networks\[1\]\.name: storage is hypervisor\.networks\[0\], too; /),
    ]);
    expect(problems([storage, { ...storage, name: "backup" }])).toEqual([
      expect.stringMatching(
        /^hypervisor\.networks\[1\]\.cidr: 10\.0\.50\.0\/24 overlaps hypervisor\.networks\[0\]\.cidr/,
      ),
    ]);
  });

  test("a name server that a machine would get the address of", () => {
    const base = described([storage]);
    const network = { ...base.network, nameservers: ["10.0.50.20"] };
    const read = readSite({ ...base, network });
    expect("problems" in read && read.problems.map(formatProblem)).toEqual([
      expect.stringMatching(
        /^network\.nameservers\[0\]: 10\.0\.50\.20 is inside hypervisor\.networks\[0\]\.machines .*, and a machine would get it/,
      ),
    ]);
  });

  test("a site of servers that exist has none", () => {
    expect(vcenterOf({ kind: "existing" })).toBeUndefined();
  });
});
