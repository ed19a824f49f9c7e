import { describe, expect, it } from "vitest";
import { parseSite, readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import type { SiteInput } from "../../site/description/spec";
import { factsOfPlan } from "../../site/facts/plan";
import { maximumFits } from "../../site/judge/rules/scaling";
import { homelessWorkers } from "../../site/judge/workersElsewhere";
import { planSite } from "../../site/plan/plan";
import { existingSite } from "../support/existingSite";
import { host, site, threeHosts } from "../support/sites";

type Pool = NonNullable<SiteInput["workers"]>[number];
const general = (more: Partial<Pool>): Pool => ({ name: "general", count: 2, cpus: 4, memoryGiB: 16, ...more });
const scaled = (minimum: number, maximum: number, count = 2, more: Partial<SiteInput> = {}) =>
  site(threeHosts, { workers: [general({ count, scale: { minimum, maximum } })], ...more });

function problems(input: SiteInput): string[] {
  const read = readSite(input);
  return "problems" in read ? read.problems.map(formatProblem) : [];
}

describe("a pool's bounds (W4)", () => {
  it.each<[string, SiteInput, string[]]>([
    ["are around its count", scaled(2, 5), []],
    ["may be one number", scaled(2, 2), []],
    [
      "are the right way round",
      scaled(3, 2),
      ["workers[0].scale.minimum: 3 is more than the maximum, 2; write the lower number as the minimum"],
    ],
    [
      "hold a count that is too small",
      scaled(3, 5),
      ["workers[0].count: 2 is fewer than scale.minimum, 3; use 3, or lower scale.minimum"],
    ],
    [
      "hold a count that is too large",
      scaled(1, 5, 6),
      ["workers[0].count: 6 is more than scale.maximum, 5; use 5, or raise scale.maximum"],
    ],
    [
      "have addresses for all of it",
      scaled(2, 60, 2, { network: { ...scaled(2, 5).network, machines: "10.0.42.10-10.0.42.60" } }),
      [
        "network.machines: 10.0.42.10-10.0.42.60 holds 51 addresses for 67 machines with every pool at its scale.maximum; use a larger range, or fewer machines",
      ],
    ],
    [
      "have parts of the pods' network for all of it",
      scaled(2, 60, 2, { network: { ...scaled(2, 5).network, podCidr: "10.244.0.0/20" } }),
      [
        "network.podCidr: 10.244.0.0/20 holds 16 nodes' /24, there are 62 nodes with every pool at its scale.maximum; use a larger block, or a longer nodePodPrefix",
      ],
    ],
    [
      "know the names of all of it",
      scaled(2, 5, 2, { network: { ...scaled(2, 5).network, ntp: ["shop-general-e.example"] } }),
      [expect.stringContaining("shop-general-e.example is a machine of the site")],
    ],
    [
      "are not for servers that exist",
      {
        ...existingSite(),
        workers: [general({ scale: { minimum: 1, maximum: 3 } })],
      },
      [
        "workers[0].scale: its workers are servers that exist, and nothing makes another one; leave it out, and list servers under machines",
      ],
    ],
  ])("%s", (_, input, said) => {
    expect(problems(input)).toEqual(said);
  });

  it("place machines that come later, too", () => {
    const placed = (letter: string) =>
      site(threeHosts, {
        workers: [general({ scale: { minimum: 2, maximum: 3 }, placement: { [letter]: { host: "esx-1" } } })],
      });
    expect(problems(placed("c"))).toEqual([]);
    expect(problems(placed("d"))).toEqual([expect.stringContaining("there is no machine shop-general-d")]);
  });

  it("leave no members more than there are addresses for with all of it", () => {
    const hosts = ["esx-1", "esx-2", "esx-3", "esx-4", "esx-5"].map((name) => host(name));
    const network = { ...scaled(2, 5).network, machines: "10.0.42.10-10.0.42.21" };
    const members = (more: Partial<Pool>) =>
      planSite(parseSite(site(hosts, { workers: [general(more)], network }))).machines.filter(
        ({ role }) => role === "etcd",
      ).length;
    expect(members({})).toBe(5);
    expect(members({ scale: { minimum: 2, maximum: 3 } })).toBe(5);
    expect(members({ scale: { minimum: 2, maximum: 5 } })).toBe(3);
  });

  it("size etcd and control planes once, for all of it", () => {
    const range = { ...scaled(2, 5).network, cidr: "10.0.40.0/21", machines: "10.0.42.10-10.0.43.254" };
    expect(parseSite(scaled(2, 60, 2, { network: range })).etcd.memoryGiB).toBe(16);
    expect(parseSite(scaled(2, 40, 2, { network: range })).etcd.memoryGiB).toBe(8);
  });
});

describe("a pool's maximum and the hosts (W4, L11)", () => {
  const found = (maximum: number, hosts = threeHosts) =>
    maximumFits.check(
      factsOfPlan(planSite(parseSite(site(hosts, { workers: [general({ scale: { minimum: 2, maximum } })] })))),
    );
  // 16 CPUs three times over, less what else runs: memory is what ends first.
  const small = ["esx-1", "esx-2", "esx-3"].map((name) => host(name, { memoryGiB: 64 }));

  it("fit where the others have room for the workers of any one host", () => {
    expect(found(4, small)).toEqual([]);
  });

  it("are told where they do not", () => {
    const [first] = found(7, small);
    expect(first).toEqual({
      path: "hosts.esx-1",
      message:
        "with 7 workers in general, the other hosts have no room for what runs on esx-1: 2 workers with 8 CPUs and 32 GiB",
    });
  });

  it("are told where a host is overfull even while all are there", () => {
    expect(found(10, small)[0]?.message).toMatch(
      /^with 10 workers in general, the machines of esx-\d have \d+ GiB of memory, the host has 60 for them$/,
    );
  });

  it("are nothing to a site on one host, or that has no maximum", () => {
    const facts = factsOfPlan(planSite(parseSite(site([host("esx-1", { deviceCount: 3 })]))));
    expect(homelessWorkers(facts)).toEqual([]);
    expect(factsOfPlan(planSite(parseSite(site(threeHosts)))).atMaximum).toBeUndefined();
    expect(factsOfPlan(planSite(parseSite(scaled(1, 2)))).atMaximum).toBeUndefined();
  });
});
