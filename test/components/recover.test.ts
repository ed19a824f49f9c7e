import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recover } from "../../cli/recover/recover";
import { Project } from "../support/project";
import { vsphere } from "../support/testCenter";
import { TestLab } from "../support/vcenter/lab";

// A site was killed while one of its machines was replaced: the new one is in vCenter, and the state waits for deletions.

const machine = "vsphere:index/virtualMachine:VirtualMachine";
const urn = (name: string) => `urn:pulumi:test::project::${machine}::${name}`;
const inventory = { datacenter: "DC0", cluster: "Cluster", allowUnverifiedSsl: true };

interface State {
  checkpoint: {
    latest: { resources: { type: string; urn: string; id?: string }[]; pending_operations?: unknown[] };
  };
}

describe("recovery in the middle of a replacement", () => {
  let lab: TestLab;
  let project: Project;
  const found = async () => (await lab.center.govc("find", "/DC0/vm", "-type", "m")).split("\n").filter(Boolean).sort();
  const recovered = () =>
    recover({ folder: project.folder, stack: "test", env: project.env }, "project", {
      ...inventory,
      server: lab.center.server,
    });
  const stateFile = () => join(dirname(project.folder), "backend/.pulumi/stacks/project/test.json");
  const state = () => JSON.parse(readFileSync(stateFile(), "utf8")) as State;

  beforeAll(async () => {
    lab = await TestLab.start();
    await lab.machine("kept", 1, 11);
    await lab.machine("half-made", 2, 12);
    project = await Project.create({
      plugins: [await vsphere()],
      env: lab.center.environment,
      files: {
        "index.ts": `import * as vsphere from "@pulumi/vsphere";\nnew vsphere.Provider("vcenter", { allowUnverifiedSsl: true });\n`,
      },
    });
    const { code, output } = await project.up("--skip-preview");
    expect(code, output).toBe(0);
  });
  afterAll(async () => {
    project?.remove();
    await lab?.destroy();
  });

  test("deletes what was half made, and leaves the state to the next up", async () => {
    const before = state();
    const { resources } = before.checkpoint.latest;
    const vcenter = resources.find(({ type }) => type === "pulumi:providers:vsphere");
    const common = { custom: true, type: machine, provider: `${vcenter?.urn}::${vcenter?.id}` };
    const of = (name: string) => ({ ...common, urn: urn(name), inputs: { name }, outputs: { name } });
    const waiting = [
      { ...of("half-made"), id: "4207aaaa-0000-0000-0000-000000000001", pendingReplacement: true },
      { ...of("kept"), id: "4207aaaa-0000-0000-0000-000000000002" },
      { ...of("kept"), id: "4207aaaa-0000-0000-0000-000000000003", delete: true },
    ];
    before.checkpoint.latest.resources.push(...waiting);
    before.checkpoint.latest.pending_operations = ["half-made", "kept", "never-begun"].map((name) => ({
      resource: of(name),
      type: "creating",
    }));
    writeFileSync(stateFile(), JSON.stringify(before));
    const names = (await found()).map((path) => path.split("/").at(-1));
    expect(names).toEqual(expect.arrayContaining(["half-made", "kept"]));

    expect(await recovered()).toEqual([
      "deleted half-made, which a killed run had left half made",
      "cleared 3 unfinished operation(s); the next up makes them again",
    ]);
    expect((await found()).map((path) => path.split("/").at(-1))).toEqual(names.filter((name) => name !== "half-made"));
    const after = state().checkpoint.latest;
    expect(after.pending_operations ?? []).toEqual([]);
    expect(after.resources.filter(({ type }) => type === machine)).toMatchObject(
      waiting.map(({ urn: each, id }) => ({ urn: each, id })),
    );
  });

  test("has nothing to do a second time", async () => {
    expect(await recovered()).toEqual([]);
  });
});
