import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allRules } from "../../site/judge/rules/catalog";
import { demoPlan, idOf, inputsOf, judged, type Props, type Resource, stackOf, together } from "../support/demoStack";
import type { Ended } from "../support/project";
import { pack, projectOf, startTestCenter, type TestCenter } from "../support/testCenter";
import type { Breakage } from "./breakage";
import { brokenSettings, soundSettings, strict } from "./givenSettings";
import { throughVcenter } from "./shown";

/** The demo with everything that breakages do to it. */
function stackWith(group: readonly Breakage[]): Resource[] {
  const plan = demoPlan((site) => {
    for (const { spec } of group) spec?.(site);
  });
  for (const { plan: wrong } of group) wrong?.(plan);
  const stack = stackOf(plan);
  for (const { change } of group) change?.(stack);
  return stack;
}

/** Few stacks that break every rule: breakages share one as long as each is told. */
function shared(breakages: readonly Breakage[]): Breakage[][] {
  const groups: Breakage[][] = [[]];
  for (const breakage of breakages) {
    const together = [...(groups.at(-1) ?? []), breakage];
    if (tells(together)) groups[groups.length - 1] = together;
    else groups.push([breakage]);
  }
  return groups;
}

function tells(group: readonly Breakage[]): boolean {
  try {
    const messages = judged(stackWith(group), { config: { ...strict, settings: brokenSettings } }).map(
      ({ message }) => message,
    );
    const told = (says: string) => messages.some((message) => message.includes(says));
    return group.every(({ rule, says }) => rule === "vcenter-verified" || [says].flat().every(told));
  } catch {
    return false; // One took away what the other changes.
  }
}

describe("the pack, through the pulumi command and the vSphere plugin (R3)", () => {
  let center: TestCenter;
  beforeAll(async () => {
    center = await startTestCenter();
  });
  afterAll(() => center?.stop());

  const previewed = async (resources: Resource[], settings: Props): Promise<Ended> => {
    const project = await projectOf(resources, center);
    try {
      project.write("policies.json", JSON.stringify({ ...strict, settings }));
      return await project.preview("--policy-pack", pack, "--policy-pack-config", "policies.json");
    } finally {
      project.remove();
    }
  };

  it("passes a sound site, and says what it only advises", async () => {
    const { code, output } = await previewed(together([stackOf(demoPlan())]), soundSettings);
    expect(output).not.toContain("network-policy-enforced");
    expect(output).not.toContain("[mandatory]");
    expect(output).not.toContain("undecided");
    expect(output).not.toContain("backup");
    expect(code).toBe(0);
  });

  it("refuses every breakage of every rule", async () => {
    const broken = shared(throughVcenter).map(stackWith);
    const { code, output } = await previewed(together(broken), brokenSettings);
    const missing = throughVcenter.flatMap(({ rule, says }) => {
      const level = allRules.find(({ id }) => id === rule)?.severity;
      const told = [says].flat().every((message) => output.includes(message));
      return told && output.includes(`[${level}]  ${rule} `) ? [] : [rule];
    });
    expect(missing, output.slice(output.indexOf("Policies:"))).toEqual([]);
    expect(code).not.toBe(0);
  });

  it("refuses the second member on a device before it is made, even if nobody previewed", async () => {
    const stack = stackOf(demoPlan());
    const member = inputsOf(stack, "demo-etcd-b");
    member.hostSystemId = idOf("host", "esx-1");
    member.datastoreId = idOf("datastore", "esx-1-b");
    member.disks[1].datastoreId = idOf("datastore", "esx-1-a");
    const project = await projectOf(together([stack]), center);
    try {
      const { code, output } = await project.up("--policy-pack", pack, "--skip-preview");
      expect(output).toContain("etcd members demo-etcd-a and demo-etcd-b share device naa.5000c500a0000011");
      expect(code).not.toBe(0);
      const machines = (await center.datacenter.govc("find", "/", "-type", "m")).trim().split("\n");
      expect(machines.filter((path) => /demo-etcd-[ab]$/.test(path)).length).toBeLessThan(2);
    } finally {
      await project.run("destroy", "--yes", "--stack", "test");
      project.remove();
    }
  });
});
