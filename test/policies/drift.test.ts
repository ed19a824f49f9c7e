import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Preview, previewOf } from "../../cli/report/preview";
import { stackReport } from "../../cli/report/stack";
import * as types from "../../policies/types";
import { readPlaces } from "../../sdks/vcenter/places";
import { Session } from "../../sdks/vcenter/session";
import { demoPlan, idOf, inputsOf, type Resource, stackOf, together } from "../support/demoStack";
import { Project } from "../support/project";
import { pack, vsphere } from "../support/testCenter";
import { TestLab } from "../support/vcenter/lab";
import { relocateDisk } from "../support/vcenter/relocate";

// L13: a layout that was broken later, by hand or by storage migration, is found by refresh and the pack.

const shared =
  "machines.demo-etcd-b.disks: etcd members demo-etcd-a and demo-etcd-b share device naa.5000c500a0000011 (datastore esx-1-a)";

/** The demo's etcd alone, with two members on one host, on a device each. */
function members(): Resource[] {
  const stack = stackOf(demoPlan()).filter(
    ({ name, type }) => name === "demo" || type === types.datacenter || (name.includes("-etcd-") && !isRule(type)),
  );
  for (const name of ["demo-etcd-a", "demo-etcd-b", "demo-etcd-c"]) inputsOf(stack, name).disks[0].size = 64;
  const member = inputsOf(stack, "demo-etcd-b");
  member.hostSystemId = idOf("host", "esx-1");
  member.datastoreId = idOf("datastore", "esx-1-b");
  member.disks[1].datastoreId = idOf("datastore", "esx-1-b");
  return together([stack]);
}

/** The stack alone: a preview of nothing, in which everything is as the state says. */
const nothing = "urn:pulumi:test::project::pulumi:pulumi:Stack::project-test";

const isRule = (type: string) => /Rule|Group/.test(type);

/** The preview with a look at vCenter, as a report reads it. */
async function previewed(project: Project): Promise<Preview> {
  const log = join(project.folder, "events.json");
  const { output } = await project.preview("--policy-pack", pack, "--refresh", "--event-log", log);
  expect(output).toContain("Policies:");
  const events = readFileSync(log, "utf8").trim().split("\n");
  return previewOf(
    "test",
    events.map((event) => JSON.parse(event) as EngineEvent),
  );
}

describe("a machine that was moved by hand (L13, R5)", () => {
  let lab: TestLab;
  let project: Project;
  beforeAll(async () => {
    lab = await TestLab.start();
    const { spec } = demoPlan();
    project = await Project.create({
      plugins: [await vsphere()],
      env: { ...lab.center.environment, PULUMI_DEBUG_COMMANDS: "true" },
      files: {
        "index.ts": readFileSync(join(__dirname, "../support/program/index.ts"), "utf8"),
        "resources.json": JSON.stringify({
          hypervisor: spec.hypervisor,
          hosts: spec.hosts.map(({ name }) => name),
          datastores: spec.hosts.flatMap(({ devices }) => devices.map(({ datastore }) => datastore)),
          resources: members(),
        }),
      },
    });
    const { code, output } = await project.up("--skip-preview");
    expect(code, output).toBe(0);
  });
  /** Where vCenter has a member, as `groundwork status` asks it. */
  async function place(...names: string[]) {
    const { VSPHERE_SERVER = "", VSPHERE_USER = "", VSPHERE_PASSWORD = "" } = lab.center.environment;
    const login = { server: VSPHERE_SERVER, user: VSPHERE_USER, password: VSPHERE_PASSWORD, insecure: true };
    const session = await Session.open(login);
    try {
      return await readPlaces(session, { datacenter: "DC0" }, names);
    } finally {
      await session.close();
    }
  }

  afterAll(async () => {
    await project?.run("destroy", "--yes", "--skip-preview", "--stack", "test");
    project?.remove();
    await lab?.destroy();
  });

  it("is no finding before", async () => {
    const { output } = await project.preview("--policy-pack", pack, "--refresh");
    expect(output).toContain("Policies:");
    expect(output).not.toContain("etcd-distinct-devices");
    expect(await place("demo-etcd-b", "demo-etcd-none")).toEqual([
      { name: "demo-etcd-b", host: "esx-1", connection: "connected", datastores: ["esx-1-b", "esx-1-b"] },
    ]);
  });

  it("is told with the two members that now share a device", async () => {
    const { govc } = lab.center;
    await govc("vm.power", "-off", "-force", "demo-etcd-b");
    await govc("vm.migrate", "-ds", "esx-1-a", "demo-etcd-b");
    await govc("vm.power", "-on", "demo-etcd-b");
    expect(await place("demo-etcd-b")).toMatchObject([{ host: "esx-1", datastores: ["esx-1-a", "esx-1-a"] }]);
    const { code, output } = await project.preview("--policy-pack", pack, "--refresh");
    expect(output).toContain(
      "[mandatory]  etcd-distinct-devices  (vsphere:index/virtualMachine:VirtualMachine: 0-demo-etcd-b)",
    );
    expect(output).toContain(shared);
    expect(code).not.toBe(0);
  });

  it("is told of what is, too, apart from what the program would make of it", async () => {
    const refreshed = await project.run("refresh", "--yes", "--skip-preview", "--stack", "test");
    expect(refreshed.code, refreshed.output).toBe(0);
    const { code, output } = await project.preview("--policy-pack", pack, "--target", nothing);
    expect(output).toContain(shared);
    expect(code).not.toBe(0);
  });

  it("is told of its data disk alone, in the report where the next update would move it back", async () => {
    const again = await project.up("--skip-preview");
    expect(again.code, again.output).toBe(0);
    await relocateDisk(lab.center, "demo-etcd-b", 1, "esx-1-a");
    const { broken, verdict } = stackReport(await previewed(project));
    expect(broken).toEqual([expect.stringContaining(shared)]);
    expect(verdict.cautions).toContainEqual(expect.stringContaining(shared));

    const refreshed = await project.run("refresh", "--yes", "--skip-preview", "--stack", "test");
    expect(refreshed.code, refreshed.output).toBe(0);
    const { code, output } = await project.preview("--policy-pack", pack, "--target", nothing);
    expect(output).toContain(shared);
    expect(code).not.toBe(0);
  });
});
