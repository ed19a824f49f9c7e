import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import type { SiteInput } from "../../site/description/spec";
import { factsOfPlan } from "../../site/facts/plan";
import { checkRules } from "../../site/judge/rules";
import { differences, readSaved, type SavedPlan, savedText } from "../../site/life/saved";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { host, site, threeHosts } from "../support/sites";
import { sites } from "./generate";

function saved(plan: SitePlan): SavedPlan {
  const result = readSaved(JSON.parse(savedText(plan)));
  if ("problem" in result) throw new Error(formatProblem(result.problem));
  return result.saved;
}

const workers = (count: number) => [{ name: "general", count, cpus: 4, memoryGiB: 16 }];
const before = saved(planSite(parseSite(site(threeHosts, { workers: workers(3) }))));
const changes = (input: SiteInput) =>
  differences(planSite(parseSite(input), { against: before }), before).map((d) => `${d.path}: ${d.fact}`);

describe("a saved plan", () => {
  test("has one line a machine, for whoever reads a pull request", () => {
    expect(
      savedText(planSite(parseSite(site(threeHosts))))
        .split("\n")
        .slice(0, 4),
    ).toMatchInlineSnapshot(`
      [
        "{",
        "  "version": 1,",
        "  "site": "shop",",
        "  "standing": {"kubernetes":"1.37.2","etcd":"3.7","template":"groundwork-node","rotations":{"cluster":{"generation":1,"phase":"drop"},"etcd":{"generation":1,"phase":"drop"},"frontProxy":{"generation":1,"phase":"drop"},"networkStore":{"generation":1,"phase":"drop"},"serviceAccount":{"generation":1,"phase":"drop"},"encryption":{"generation":1,"phase":"drop"}},"enforcesNetworkPolicy":true},",
      ]
    `);
  });

  test("planned again is itself, for any site", () => {
    let safe = 0;
    fc.assert(
      fc.property(sites({ hosts: { min: 1, max: 12 } }), (input) => {
        const first = planSite(parseSite(input));
        if (checkRules(factsOfPlan(first)).some((f) => f.severity === "mandatory")) return;
        safe++;
        const again = planSite(parseSite(input), { against: saved(first) });
        expect(savedText(again)).toBe(savedText(first));
        expect(differences(again, saved(first))).toEqual([]);
      }),
      { numRuns: 400, seed: 5 },
    );
    expect(safe).toBeGreaterThan(60);
  });

  test("holds every machine when the description changes around them", () => {
    expect(changes(site([host("esx-0"), ...threeHosts, host("esx-9")], { workers: workers(3) }))).toEqual([]);
    expect(changes(site([...threeHosts].reverse(), { workers: workers(3), etcd: { memoryGiB: 12 } }))).toEqual([]);
  });

  test("tells what is new, what is gone, and what would move and why", () => {
    expect(changes(site(threeHosts, { workers: workers(4) }))).toEqual([
      "machines.shop-general-d: it is new, on esx-3",
    ]);
    expect(changes(site(threeHosts, { workers: workers(2) }))).toEqual([
      "machines.shop-general-c: it would be deleted: the site has it no more",
    ]);
    const placement = { a: { host: "esx-3" }, c: { host: "esx-2" } };
    expect(changes(site(threeHosts, { workers: [{ ...workers(3)[0], placement } as never] }))).toEqual([
      "machines.shop-general-c: it would move from esx-1 (esx-1-b) to esx-2 (esx-2-a): the owner places it there",
    ]);
    const renamed = threeHosts.map((h) => (h.name === "esx-3" ? { ...h, name: "esx-4" } : h));
    expect(changes(site(renamed, { workers: workers(3) }))).toContain(
      "machines.shop-etcd-c: it would move from esx-3 (esx-3-a) to esx-4 (esx-3-a): host esx-3 is no longer there",
    );
  });

  test("tells of a datastore that lies on another device, and of an address that cannot be kept", () => {
    const swapped = [
      host("esx-1", {
        devices: [{ id: "naa.e3e", datastore: "esx-1-a" }, ...(threeHosts[0]?.devices?.slice(1) ?? [])],
      }),
      ...threeHosts.slice(1),
    ];
    expect(changes(site(swapped, { workers: workers(3) }))).toContain(
      "machines.shop-etcd-a: datastore esx-1-a of its data disk lies on naa.e3e, no longer on dev.esx-1-1",
    );
    const { network } = site(threeHosts);
    const narrow = { ...network, machines: "10.0.42.11-10.0.42.120" };
    expect(changes(site(threeHosts, { workers: workers(3), network: narrow }))).toContain(
      "machines.shop-etcd-a: its address would change from 10.0.42.10 to 10.0.42.120",
    );
  });

  test.each<[string, unknown, string]>([
    ["no object", 1, "site: 1 is not what a plan has there; use what groundwork plan wrote"],
    ["no machines", {}, "machines: it is missing; use what groundwork plan wrote"],
    [
      "a machine without a host",
      { machines: [{ name: "a", address: "10.0.0.1", disks: [] }] },
      "machines[0].host: it is missing; use what groundwork plan wrote",
    ],
    [
      "control characters",
      { machines: [{ name: "a", host: "h", address: "\u001b[2J", disks: [] }] },
      'machines[0].address: "\\u{1b}[2J" is not what a plan has there; use what groundwork plan wrote',
    ],
    [
      "a version that came later",
      { version: 2, machines: [] },
      "version: 2 is newer than this program knows (1); install a newer groundwork",
    ],
    [
      "a machine twice",
      { machines: [1, 2].map(() => ({ name: "a", host: "h", address: "10.0.0.1", disks: [] })) },
      'machines: "a" is there twice; remove one of them',
    ],
  ])("with %s is refused", (_, document, problem) => {
    const result = readSaved(document);
    expect("problem" in result && formatProblem(result.problem)).toBe(problem);
  });
});
