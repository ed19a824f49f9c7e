import { describe, expect, test } from "vitest";
import { parseSite } from "../../site/description/parse";
import { compared, drillOf, type KeptObject } from "../../site/life/drill";
import { planSite } from "../../site/plan/plan";
import { site, threeHosts } from "../support/sites";

const place = { machines: "10.0.42.110-10.0.42.149", apiVip: "10.0.42.105" };

describe("the description of a drill", () => {
  const described = site(threeHosts, { backup: { recipients: [], targets: [] } as never });
  const living = planSite(parseSite(site(threeHosts)));
  const drill = drillOf(described as never, "shop", place, living.machines);
  const plan = planSite(parseSite(drill));

  test("has the members and control planes of the living site on other addresses, and none of their names", () => {
    const roles = (of: typeof plan, ...left: string[]) =>
      of.machines.flatMap(({ role }) => (left.includes(role) ? [] : [role])).sort();
    expect(roles(plan, "load-balancer")).toEqual(roles(living, "worker", "load-balancer"));
    const names = new Set(living.machines.flatMap(({ name, address }) => [name, address]));
    expect(plan.machines.filter(({ name, address }) => names.has(name) || names.has(address))).toEqual([]);
    expect(plan.vip).toBe(place.apiVip);
  });

  test("makes no backups and runs nobody's workloads", () => {
    expect(plan.spec.backup).toBeUndefined();
    expect(plan.machines.filter(({ role }) => role === "worker")).toEqual([]);
  });

  test("takes only what the living machines leave of their hosts", () => {
    for (const host of plan.spec.hosts) {
      const whole = living.spec.hosts.find(({ name }) => name === host.name)?.memoryGiB ?? 0;
      const taken = living.machines.filter((machine) => machine.host === host.name);
      expect(host.memoryGiB).toBe(whole - taken.reduce((sum, { memoryGiB }) => sum + memoryGiB, 0));
    }
  });
});

describe("a restored cluster, compared with the living one", () => {
  const object = (revision: number, sha256 = "a", uid = "1"): KeptObject => ({ revision, sha256, uid });
  const living = new Map([
    ["secrets shop/login", object(5)],
    ["configmaps shop/later", object(11)],
  ]);
  const restored = (twin?: KeptObject) => compared(living, new Map(twin && [["secrets shop/login", twin]]), 10);

  test("has what was not touched since the backup, with the same content", () => {
    expect(restored(object(5))).toMatchObject({
      compared: 1,
      same: 1,
      later: 1,
      missing: [],
      different: [],
      rewritten: [],
    });
  });

  test("may have rewritten what its own addresses are in", () => {
    expect(restored(object(1_000_000_011, "b"))).toMatchObject({
      same: 0,
      rewritten: ["secrets shop/login"],
      different: [],
    });
  });

  test.each([
    ["is not there", undefined, { missing: ["secrets shop/login"] }],
    ["is another of the same name", object(5, "a", "2"), { missing: ["secrets shop/login"] }],
    ["has another content at the same revision", object(5, "b"), { different: ["secrets shop/login"] }],
  ])("is wrong where an object %s", (_, twin, wrong) => {
    expect(restored(twin)).toMatchObject({ same: 0, ...wrong });
  });
});
