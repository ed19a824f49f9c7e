import { type DomainKind, eitherOf, PLACES } from "../description/failureDomains";
import type { Facts, MachineFact } from "../facts/model";
import { machinesOf } from "../plan/roles";
import { checkRule, type Rule } from "./rules";
import { workloadSurvivesAnyHost } from "./rules/capacity";
import { controlPlanesOnDifferentHosts } from "./rules/controlPlanes";
import { etcdOnDistinctDevices } from "./rules/etcdDevices";
import { noHostHoldsEtcdMajority } from "./rules/etcdDomains";
import { controlPlanesBehindLoadBalancer, loadBalancersOnDifferentHosts } from "./rules/loadBalancers";
import { grouped, majority } from "./rules/rule";

/** A step of a ladder: what a site on it has, and what is said of it. */
export interface Rung {
  /** What the layout is, as an owner would say it. */
  layout: string;
  /** What it takes to be on this rung, above the one below. */
  needs: string;
  holds(facts: Facts): boolean;
}

export interface Ladder {
  /** Hosts of the sites on it; 3 stands for three or more. */
  hosts: 1 | 2 | 3;
  title: string;
  source: string;
  rungs: readonly Rung[];
}

/** Where a site stands: the highest rung that it reaches without leaving one out. */
export interface Rank {
  hosts: 1 | 2 | 3;
  /** From 1, the least production worthy. */
  rung: number;
  of: number;
  layout: string;
  /** What the next rung needs; none on the highest. */
  next: string | null;
}

const keeps =
  (...rules: Rule[]) =>
  (facts: Facts) =>
    rules.every((rule) => checkRule(rule, facts).every((f) => f.severity !== "mandatory"));
const members = (facts: Facts) => machinesOf(facts, "etcd");
const hostsOf = (machines: readonly MachineFact[]) => grouped(machines, (m) => m.host).size;

const oneOfEverything: Rung = {
  layout: "one of everything",
  needs: "one etcd member and one control plane",
  holds: () => true,
};
const threeMembers: Rung = {
  layout: "three etcd members",
  needs: "three etcd members: set etcd.members: 3",
  holds: (facts) => members(facts).length >= 3,
};
const ownDevices: Rung = {
  layout: "three etcd members on three devices, or on partitions of redundant storage",
  needs: "a device for each etcd member, or redundant storage with a partition for each",
  holds: keeps(etcdOnDistinctDevices),
};
const twoControlPlanes: Rung = {
  layout: "two API servers, schedulers and controller managers",
  needs: "a second control plane, and memory for it",
  holds: (facts) => machinesOf(facts, "control-plane").length >= 2,
};
const balanced: Rung = {
  layout: "control planes behind a redundant load balancer",
  needs: "a second load balancer, or an external one",
  holds: (facts) =>
    keeps(controlPlanesBehindLoadBalancer)(facts) &&
    (facts.apiEndpoint.kind !== "haproxy" || machinesOf(facts, "load-balancer").length >= 2),
};
const controlPlanesSplit: Rung = {
  layout: "control planes split over hosts",
  needs: "two control planes on different hosts",
  holds: (facts) => twoControlPlanes.holds(facts) && keeps(controlPlanesOnDifferentHosts)(facts),
};
const balancersSplit: Rung = {
  layout: "load balancers split over hosts",
  needs: "two load balancers on different hosts, or an external one",
  holds: (facts) => balanced.holds(facts) && keeps(loadBalancersOnDifferentHosts)(facts),
};
const protectedHost: Rung = {
  layout: "redundant storage, ECC memory and dual power below etcd",
  needs: "redundant storage, ECC memory and two power supplies in etcd's host, said in the description",
  holds: (facts) => {
    const used = new Set(members(facts).flatMap((m) => m.disks.flatMap((d) => d.devices ?? [])));
    const hosts = new Set(members(facts).map((m) => m.host));
    return (
      facts.devices.filter((d) => used.has(d.id)).every((d) => d.redundancy !== undefined && d.redundancy !== "none") &&
      facts.hosts.filter((h) => hosts.has(h.name)).every((h) => h.ecc === true && h.dualPower === true)
    );
  },
};
const together: Rung = {
  layout: "all etcd members on the most reliable host, each on a device of its own",
  needs: "all members on the more reliable host, with a device for each: a 2 + 1 split gains nothing",
  holds: (facts) => keeps(etcdOnDistinctDevices)(facts) && hostsOf(members(facts)) === 1,
};
const overThreeHosts: Rung = {
  layout: "etcd over three hosts, no majority on any",
  needs: "etcd members on three hosts, each on a device of its own",
  holds: keeps(noHostHoldsEtcdMajority, etcdOnDistinctDevices),
};
const workloadKept: Rung = {
  layout: "the workload survives the loss of any host",
  needs: "a declared workload that the other hosts' workers carry after the loss of any one",
  holds: (facts) => facts.workload !== undefined && keeps(workloadSurvivesAnyHost)(facts),
};
const fiveMembers: Rung = {
  layout: "five etcd members on five hosts: one in maintenance, one failed",
  needs: "five etcd members on five hosts",
  holds: (facts) => members(facts).length >= 5 && hostsOf(members(facts)) >= 5,
};
const widerDomains: Rung = {
  layout: `the loss of any ${eitherOf(PLACES)} leaves a majority of etcd and an API server`,
  needs: `hosts in three ${eitherOf(PLACES, "plural")}, named in the description`,
  holds: (facts) =>
    PLACES.some((level) => facts.hosts.every((h) => h[level] !== undefined)) &&
    PLACES.every((level) => survivesEach(facts, level)),
};

function survivesEach(facts: Facts, level: DomainKind): boolean {
  const domain = new Map(facts.hosts.map((h) => [h.name, h[level]]));
  const most = (machines: readonly MachineFact[]) =>
    Math.max(0, ...[...grouped(machines, (m) => domain.get(m.host ?? "")).values()].map((on) => on.length));
  const planes = machinesOf(facts, "control-plane");
  return most(members(facts)) < majority(members(facts).length) && most(planes) < planes.length;
}

const source = "B: single, dual and triple host deployment options, least production worthy to better";

/** The three ladders, least production worthy to better (L8). */
export const ladders: readonly Ladder[] = [
  {
    hosts: 1,
    title: "one host",
    source,
    rungs: [oneOfEverything, threeMembers, ownDevices, twoControlPlanes, balanced, protectedHost],
  },
  {
    hosts: 2,
    title: "two hosts",
    source,
    rungs: [oneOfEverything, threeMembers, together, controlPlanesSplit, balancersSplit, workloadKept, protectedHost],
  },
  {
    hosts: 3,
    title: "three or more hosts",
    source: `${source}; K for ${eitherOf(PLACES, "plural").replace(" or ", " and ")}`,
    rungs: [
      oneOfEverything,
      threeMembers,
      overThreeHosts,
      controlPlanesSplit,
      balancersSplit,
      workloadKept,
      fiveMembers,
      widerDomains,
    ],
  },
];

export function rankOf(facts: Facts): Rank {
  const hosts = Math.min(3, Math.max(1, facts.hosts.length)) as 1 | 2 | 3;
  const { rungs } = ladders.find((l) => l.hosts === hosts) as Ladder;
  const missing = rungs.findIndex((rung) => !rung.holds(facts));
  const rung = missing < 0 ? rungs.length : missing;
  return { hosts, rung, of: rungs.length, layout: rungs[rung - 1]?.layout ?? "", next: rungs[rung]?.needs ?? null };
}
