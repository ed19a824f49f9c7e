import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import { parseSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import type { SiteInput } from "../../site/description/spec";
import {
  type Applied,
  appliedMachines,
  appliedOf,
  isReplaced,
  membersCrossing,
  membersLost,
  membersStuck,
  readApplied,
} from "../../site/life/applied";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { departureScript, fellowOf } from "../../site/render/departure";

const file = parse(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8")) as { config: object };
const description = Object.values(file.config)[0] as SiteInput;

function planned(change: (site: SiteInput) => void = () => {}): SitePlan {
  const site = structuredClone(description);
  change(site);
  return planSite(parseSite(site));
}

const demo = planned();
const applied = appliedOf(demo);
const machine = (plan: SitePlan, name: string) => {
  const found = plan.machines.find((each) => each.name === name);
  if (!found) throw new Error(name);
  return found;
};
const anew = (plan: SitePlan, before = applied) =>
  plan.machines.filter((each) => isReplaced(plan, each, before)).map(({ name }) => name);

describe("what stands", () => {
  test("is read back from the stack's output as it was written", () => {
    expect(readApplied(JSON.parse(JSON.stringify(applied)))).toEqual({ applied });
  });

  test("is read without a version, as states of before there were any have it", () => {
    const { version, ...before } = applied;
    expect(readApplied(before)).toEqual({ applied: { ...before, version: 1 } });
  });

  test.each([undefined, null])("is nothing where the output is %j", (output) => {
    expect(readApplied(output)).toEqual({});
  });

  test.each<[unknown, string]>([
    [
      { ...applied, version: 2 },
      "standing.version: 2 is newer than this program knows (1); install a newer groundwork",
    ],
    [{ ...applied, version: "one" }, 'standing.version: "one" is not a version; use 1'],
    ["x", 'standing: "x" is not what a site that runs has there; '],
    [{ machines: [] }, "standing.kubernetes: it is missing; "],
    [{ kubernetes: "1.36.3", machines: [{ name: "a" }] }, "standing.machines[0].role: it is missing; "],
  ])("is told where the output is %j, not taken for nothing", (output, problem) => {
    const read = readApplied(output);
    expect("problem" in read && formatProblem(read.problem)).toContain(problem);
  });

  test("is changed in the order in which machines rely on each other", () => {
    const roles = appliedMachines(demo, applied).map(({ role }) => role);
    expect([...new Set(roles)]).toEqual(["etcd", "load-balancer", "control-plane", "worker"]);
    expect(roles).toHaveLength(demo.machines.length);
  });

  test("leaves out what is new, and everything before the first up", () => {
    const more = planned((site) => {
      site.etcd = { members: 5 };
    });
    const names = appliedMachines(more, applied).map(({ name }) => name);
    expect(names).not.toContain("demo-etcd-d");
    expect(names).toContain("demo-etcd-c");
    expect(appliedMachines(demo, undefined)).toEqual([]);
  });
});

describe("a machine is replaced", () => {
  test("never when nothing differs, or when it only grows", () => {
    expect(anew(demo)).toEqual([]);
    expect(anew(planned((site) => void Object.assign(site, { etcd: { members: 3, memoryGiB: 12, cpus: 4 } })))).toEqual(
      [],
    );
  });

  test.each([
    ["less memory", { members: 3, memoryGiB: 6 }],
    ["fewer CPUs", { members: 3, cpus: 1 }],
  ])("for %s, and only that one", (_, etcd) => {
    const names = anew(planned((site) => void Object.assign(site, { etcd })));
    expect(names).toEqual(["demo-etcd-a", "demo-etcd-b", "demo-etcd-c"]);
  });

  test("to grow beyond what a running guest can", () => {
    const small = planned((site) => void Object.assign(site, { etcd: { members: 3, memoryGiB: 3 } }));
    expect(anew(demo, appliedOf(small))).toEqual(["demo-etcd-a", "demo-etcd-b", "demo-etcd-c"]);
  });

  test("for a template of another name, all of them", () => {
    const other = { ...applied, template: "another" };
    expect(anew(demo, other)).toEqual(demo.machines.map(({ name }) => name));
  });

  test("for another host or device, and only that one", () => {
    const moved = (where: object) =>
      planSite(
        parseSite({ ...description, overrides: [{ machine: "demo-etcd-c", reason: "a worn disk", ...where }] }),
        { against: applied },
      );
    const { host, disks } = machine(demo, "demo-etcd-c");
    const data = disks.find(({ name }) => name === "data")?.datastore;
    const other = ["esx-3-a", "esx-3-b"].find((datastore) => datastore !== data) ?? "";
    const device = moved({ host, datastore: other });
    expect(anew(device)).toEqual(["demo-etcd-c"]);
    expect(membersCrossing(device, applied)).toEqual([]);
    expect(anew(moved({ host }))).toEqual([]);
  });

  test("but two members never meet on a device on their way", () => {
    const disks = (name: string) => machine(demo, name).disks;
    const swapped = {
      ...demo,
      machines: demo.machines.map((each) =>
        each.name === "demo-etcd-a"
          ? { ...each, disks: disks("demo-etcd-b") }
          : each.name === "demo-etcd-b"
            ? { ...each, disks: disks("demo-etcd-a") }
            : each,
      ),
    };
    const device = disks("demo-etcd-b").find(({ name }) => name === "data")?.device;
    expect(membersCrossing(swapped, applied)).toEqual([
      {
        path: "machines.demo-etcd-a",
        fact: `it would move to device ${device} before demo-etcd-b leaves it, and both would lie on one device meanwhile`,
        fix: "move demo-etcd-b in an `up` of its own first",
      },
    ]);
    expect(membersCrossing(demo, applied)).toEqual([]);
  });

  test("but not the only member of a store: that is told", () => {
    const one = planned((site) => {
      site.etcd = { members: 1 };
    });
    expect(membersLost(one, { ...appliedOf(one), template: "another" })).toEqual([
      {
        path: "machines.demo-etcd-a",
        fact: "it is the only member of etcd and would be replaced, with all its data lost",
        fix: "keep its template, size and networks, or give the store three members first",
      },
    ]);
    expect(membersLost(demo, { ...applied, template: "another" })).toEqual([]);
    const elsewhere = appliedOf(one);
    const lone = elsewhere.machines.find(({ name }) => name === "demo-etcd-a");
    Object.assign(lone ?? {}, { host: "esx-9" });
    expect(membersLost(one, elsewhere)).toEqual([]);
  });

  test("real-vcenter-03, real-vcenter-04: nor is an only member moved in a way that vCenter refuses, or that drags its data along", () => {
    const one = planned((site) => {
      site.etcd = { members: 1 };
    });
    const stuckAfter = (change: (lone: Applied["machines"][number]) => void) => {
      const was = structuredClone(appliedOf(one));
      const lone = was.machines.find(({ name }) => name === "demo-etcd-a");
      if (lone) change(lone);
      return membersStuck(one, was).map(({ path, fact }) => `${path}: ${fact}`);
    };
    const [, data] = machine(one, "demo-etcd-a").disks;
    const { host } = machine(one, "demo-etcd-a");
    expect(stuckAfter(() => {})).toEqual([]);
    // real-vcenter-04
    expect(stuckAfter((lone) => Object.assign(lone, { host: "esx-9" }))).toEqual([
      `machines.demo-etcd-a: it is the only member of etcd, and its own rule keeps it on esx-9: vCenter refuses to move it to ${host}`,
    ]);
    // real-vcenter-03
    const system = (lone: Applied["machines"][number]) => Object.assign(lone.disks[0] ?? {}, { datastore: "old" });
    expect(stuckAfter(system)).toEqual([
      expect.stringMatching(
        /^machines\.demo-etcd-a: its system disk would move from old to \S+ alone, and vCenter takes its data/,
      ),
    ]);
    const both = (lone: Applied["machines"][number]) => {
      system(lone);
      Object.assign(lone.disks[1] ?? {}, { datastore: `not ${data?.datastore}` });
    };
    expect(stuckAfter(both)).toEqual([]);
    expect(membersStuck(demo, applied)).toEqual([]);
  });

  test("real-vcenter-23: CPUs are added to a machine that runs up to eight of them; a larger one is replaced", () => {
    const worker = "demo-general-a";
    const grown = (from: number, to: number) => {
      const was = structuredClone(applied);
      Object.assign(was.machines.find(({ name }) => name === worker) ?? {}, { cpus: from });
      return isReplaced(demo, { ...machine(demo, worker), cpus: to }, was);
    };
    expect([grown(4, 8), grown(8, 12), grown(12, 16), grown(12, 12)]).toEqual([false, false, true, false]);
  });
});

describe("a departure", () => {
  test("is the business of a fellow, who stays", () => {
    const fellows = demo.machines.map((each) => [each.name, fellowOf(demo, each)?.name]);
    expect(Object.fromEntries(fellows)).toEqual({
      "demo-control-plane-a": "demo-control-plane-b",
      "demo-control-plane-b": "demo-control-plane-a",
      "demo-etcd-a": "demo-etcd-b",
      "demo-etcd-b": "demo-etcd-a",
      "demo-etcd-c": "demo-etcd-a",
      "demo-general-a": "demo-control-plane-a",
      "demo-general-b": "demo-control-plane-a",
      "demo-load-balancer-a": undefined,
      "demo-load-balancer-b": undefined,
    });
  });

  test("names the very machine, so that another in its place is left alone", () => {
    for (const name of ["demo-etcd-b", "demo-general-a"])
      expect(departureScript(demo, machine(demo, name), "it's-this-one")).toContain(`IDENTITY='it'\\''s-this-one'`);
  });
});
