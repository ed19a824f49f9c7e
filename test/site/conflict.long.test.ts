import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import { conflictOf, grant } from "../../site/judge/conflict";
import { requirements } from "../../site/judge/conflict/requirements";
import { planned } from "../support/planning";
import { sought } from "../support/searches";
import { host, site, threeHosts } from "../support/sites";
import { layoutExists } from "./bruteForce";
import { tightSites } from "./generate";

vi.setConfig({ testTimeout: 600_000 });

const conflict = (input: SiteInput) => conflictOf(parseSite(input));
const device = "a device of its own for each of 3 etcd members";

describe("what conflicts, and what to buy or change", () => {
  const said = (input: SiteInput) => {
    const found = conflict(input);
    return [found?.requirements, found?.remedies.map((r) => r.say)];
  };

  test("two devices for three members: a third one", () => {
    expect(said(site([host("esx-1")]))).toEqual([
      [device],
      ["a third device on esx-1", "a device more in every host", "another host like esx-1"],
    ]);
  });

  test("hosts too small for what must be apart: memory", () => {
    const hosts = [host("esx-1", { deviceCount: 3, memoryGiB: 64 }), host("esx-2", { memoryGiB: 8 })];
    const [requirement, remedy] = said(site(hosts, { workers: [] }));
    expect(requirement).toEqual(["control planes on different hosts", "the hosts' memory"]);
    expect(remedy?.[0]).toBe("16 GiB more memory in esx-2");
  });

  test("magnetic disks: a solid-state one, or a decision", () => {
    const hosts = threeHosts.map(({ name }) => host(name, { devices: [{ id: name, media: "hdd", datastore: name }] }));
    expect(said(site(hosts))).toEqual([
      ["no magnetic disk below etcd"],
      ["accept magnetic disks (etcd.acceptMagneticDisks: true)", "a device more in every host"],
    ]);
  });

  test("an owner's own choice: leave it to the planner, and nothing is bought", () => {
    const placement = { a: { host: "esx-1" }, b: { host: "esx-1" } };
    expect(said(site(threeHosts, { etcd: { placement } }))).toEqual([
      ["no host with a majority of etcd", "the owner's own placements"],
      ["leave placement to the planner: remove placement and overrides"],
    ]);
  });

  test("a workload that the workers do not carry: more of them", () => {
    const [requirement, remedy] = said(site(threeHosts, { workload: { cpus: 6, memoryGiB: 20 } }));
    expect(requirement).toEqual(["the workload without any one host"]);
    expect(remedy?.[0]).toBe("1 more worker in pool general");
  });

  test("where one purchase is not enough, two of different kinds", () => {
    const [requirement, remedy] = said(site([host("box", { deviceCount: 1, memoryGiB: 24 })]));
    expect(requirement).toEqual([device]);
    expect(remedy?.[0]).toBe("2 more devices on box and 64 GiB more memory in box");
    expect(remedy?.every((r) => r.includes(" and "))).toBe(true);
  });

  test("an even number of members beside a missing device: the number is told by its own rule", () => {
    const input = site([host("esx-1")], { etcd: { members: 4 } });
    expect(planned(input).finding("etcd-odd-members")?.fix).toBe("use 3 or 5");
    expect(conflict(input)?.requirements).toEqual([device.replace("3", "4")]);
  });

  test("nothing where a layout exists, or where no hardware would help", () => {
    expect(conflict(site(threeHosts))).toBeUndefined();
    expect(conflict(site(threeHosts, { etcd: { members: 4 } }))).toBeUndefined();
  });
});

describe("for small sites, compared with every possible arrangement", () => {
  test("the planner finds a layout whenever there is one, and says that there is none only then", () => {
    const seen = { with: 0, without: 0 };
    fc.assert(
      fc.property(tightSites, (input) => {
        const exists = layoutExists(parseSite(input));
        expect(planned(input).mandatory.length === 0).toBe(exists);
        seen[exists ? "with" : "without"]++;
      }),
      { numRuns: sought(700), seed: 11 },
    );
    expect(Math.min(seen.with, seen.without)).toBeGreaterThan(sought(30));
  });

  test("what is told cannot hold together, any fewer of it can, and every remedy is one", () => {
    const seen = { conflicts: 0, pairs: 0 };
    fc.assert(
      fc.property(tightSites, (input) => {
        const spec = parseSite(input);
        const found = conflict(input);
        expect(found === undefined).toBe(layoutExists(spec));
        if (!found) return;
        seen.conflicts++;
        const all = requirements(spec);
        const granted = (kept: readonly string[]) =>
          grant(
            spec,
            all.filter((r) => !kept.includes(r.sentence)),
          );
        const { spec: rest, rules } = granted(found.requirements);
        expect(layoutExists(rest, rules)).toBe(false);
        for (const one of found.requirements) {
          const { spec: without, rules } = granted(found.requirements.filter((r) => r !== one));
          expect(layoutExists(without, rules)).toBe(true);
        }
        expect(found.remedies.length).toBeGreaterThan(0);
        for (const { say, spec: mended } of found.remedies) {
          if (say.includes(" and ")) seen.pairs++;
          expect(planned(mended).mandatory).toEqual([]);
        }
      }),
      { numRuns: sought(40), seed: 12 },
    );
    expect(seen.conflicts).toBeGreaterThan(sought(25));
    expect(seen.pairs).toBeGreaterThan(sought(3));
  });

  test("no smaller set conflicts", () => {
    let compared = 0;
    fc.assert(
      fc.property(tightSites, (input) => {
        const spec = parseSite(input);
        const found = conflict(input);
        if (!found || found.requirements.length < 2) return;
        compared++;
        for (const one of requirements(spec)) {
          const { spec: rest, rules } = grant(
            spec,
            requirements(spec).filter((r) => r.sentence !== one.sentence),
          );
          expect(layoutExists(rest, rules)).toBe(true);
        }
      }),
      { numRuns: sought(50), seed: 13 },
    );
    expect(compared).toBeGreaterThan(sought(3));
  });
});
