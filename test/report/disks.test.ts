import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { recordsOf } from "../../cli/stack/state";
import { repository } from "../../lab/toolchain/artifact";
import { RunningSite } from "../support/runningSite";

// A site whose members' machines said this of their disks when they were configured; the third one had data already.
const said = {
  "demo-etcd-a":
    "demo-etcd-a: a write to its disk took 0.90 ms (p99 of fsync, 1000 writes, 2026-11-28T20:41:07Z) (2 s)\n",
  "demo-etcd-b":
    "demo-etcd-b: a write to its disk took 38.50 ms (p99 of fsync, 84 writes, 2026-11-28T20:41:09Z) (4 s)\n",
};
const slow =
  "machines.demo-etcd-b.disks.data: a write to the disk of demo-etcd-b on naa.5000c500a0000021 took 38.5 ms " +
  "(p99 of fsync, measured before etcd first started), and 10 ms are allowed; ";

let site: RunningSite;
beforeAll(async () => {
  site = await RunningSite.start(undefined, said);
});
afterEach(() => site.reset());
afterAll(() => site?.destroy());

interface Disk {
  name: string;
  disk?: object;
}

describe("members' disks, as their machines measured them (O6):", () => {
  it("`up` warns of the slow one, and brings the site up", () => {
    // Pulumi prints a warning when it comes, and once more at the end.
    const warned = site.broughtUp.split("\n").filter((line) => line.includes("took 38.5 ms"));
    expect(warned.length).toBeGreaterThan(0);
    for (const line of warned) expect(line).toContain(`warning: ${slow}`);
    expect(site.broughtUp).not.toContain("disk of demo-etcd-a");
  });

  it("the outputs have each figure, and the finding", async () => {
    const { members, findings } = (await recordsOf(site.stack)) as { members: Disk[]; findings: { rule: string }[] };
    expect(members.map(({ name, disk }) => [name, disk])).toEqual([
      ["demo-etcd-a", { p99Ms: 0.9, writes: 1000, time: "2026-11-28T20:41:07Z" }],
      ["demo-etcd-b", { p99Ms: 38.5, writes: 84, time: "2026-11-28T20:41:09Z" }],
      ["demo-etcd-c", undefined],
    ]);
    expect(findings.filter(({ rule }) => rule === "etcd-fsync")).toHaveLength(1);
  });

  it("the policy pack advises at each preview, which finds nothing to change", async () => {
    const { code, output } = await site.preview("--policy-pack", join(repository, "policies"), "--diff");
    expect(code, output).toBe(0);
    expect(output).toContain(slow);
    expect(output).not.toMatch(/^ {2,}[~+-] /m);
  });

  it("the report shows them, and what is slow is nothing new", async () => {
    const { code, stdout } = await site.report("--stack", "demo", "--format", "json");
    const [{ disks, policies }] = JSON.parse(stdout).stacks;
    expect(disks.members.map(({ p99Ms }: { p99Ms?: number }) => p99Ms)).toEqual([0.9, 38.5, undefined]);
    const advice = policies.advisory.filter(({ policy }: { policy: string }) => policy === "etcd-fsync");
    expect(advice).toEqual([expect.objectContaining({ message: expect.stringContaining(slow), isNew: false })]);
    expect(code).toBe(0);
  });

  it("a limit that accepts it is a change that touches no machine", async () => {
    site.describe((described) => Object.assign(described.etcd, { fsyncMs: 50 }));
    const { code, stdout } = await site.report("--stack", "demo", "--format", "json");
    const [{ disks, policies, machines }] = JSON.parse(stdout).stacks;
    expect(disks.limitMs).toBe(50);
    expect(JSON.stringify(policies)).not.toContain("etcd-fsync");
    expect(machines).toEqual([]);
    expect(code).toBe(0);
  });
});
