import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ended, program } from "../../cli/process/program";
import { repository } from "../../lab/toolchain/artifact";
import type { Project } from "../support/project";
import { TestLab } from "../support/vcenter/lab";
import { shop, shopProject } from "../support/vcenter/shop";

// real-vcenter-08, real-vcenter-22: a clone that takes longer than its time, to a folder of a datacenter in a folder. The plugin gives it up, vCenter
// carries it on, and no state knows what it becomes. In a vCenter of its own; the plugin takes no time below ten minutes, so that this waits for most
// of its own.

const TIMEOUT_MINUTES = 10;
/** Longer than the plugin waits, by as much as `recover` has to wait for vCenter. */
const CLONE_MS = TIMEOUT_MINUTES * 60_000 + 45_000;
const machine = "shop-general-a";

let lab: TestLab;
let project: Project;
beforeAll(async () => {
  lab = await TestLab.start();
  const { govc } = lab.center;
  await govc("folder.create", "/Europe");
  await govc("object.mv", "/DC0", "/Europe");
  await govc("folder.create", "/Europe/DC0/vm/sites");
  project = await shopProject(lab, shop(lab, { hypervisor: { folder: "sites" } }), {
    machines: "-general-a$",
    cloneMinutes: TIMEOUT_MINUTES,
  });
});
afterAll(async () => {
  project?.remove();
  await lab?.destroy();
});

const recover = (): Promise<Ended> =>
  program(
    process.execPath,
    [join(repository, "cli/groundwork.cjs"), "recover", "--stack", "test", "--config-file", "Pulumi.test.yaml"],
    { cwd: project.folder, env: project.env },
  );
const found = async () => (await lab.center.govc("find", "/", "-type", "m", "-name", machine)).trim();
const inState = async () => {
  const { output } = await project.run("stack", "export", "--stack", "test");
  const { resources } = JSON.parse(output).deployment as { resources: { type: string }[] };
  return resources.some(({ type }) => type.endsWith(":VirtualMachine"));
};

test("a clone that outlasts its time-out is no machine of the state; `recover` waits for it and deletes it, and `up` makes it", async () => {
  await lab.center.control.slowTasks(CLONE_MS);
  const begun = Date.now();
  const late = await project.up("--skip-preview");
  await lab.center.control.slowTasks(0);
  expect(late.code).not.toBe(0);
  expect(late.output).toMatch(/timeout waiting for clone to complete/i);
  expect(late.output).not.toMatch(/panic:|goroutine/);
  expect(Date.now() - begun).toBeGreaterThan(TIMEOUT_MINUTES * 60_000);
  expect([await found(), await inState()]).toEqual(["", false]);

  const { code, stdout, stderr } = await recover();
  expect(code, stderr).toBe(0);
  expect(stdout).toContain(`deleted ${machine}, which vCenter had and the state did not know; it had never run`);
  expect(Date.now() - begun).toBeGreaterThan(CLONE_MS);
  expect(await found()).toBe("");
  expect((await recover()).stdout).toContain("Nothing to recover");

  const again = await project.up("--skip-preview");
  expect(again.code, again.output).toBe(0);
  expect([await found(), await inState()]).toEqual([`/Europe/DC0/vm/sites/${machine}`, true]);
}, 1_800_000);
