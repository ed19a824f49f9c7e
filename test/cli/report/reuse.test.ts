import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Preview } from "../../../cli/report/preview";
import type { Ask } from "../../../cli/report/previews";
import { projectIn } from "../../../cli/report/project";
import { Inputs } from "../../../cli/report/reuse/inputs";
import { KeptPreviews } from "../../../cli/report/reuse/kept";
import { isWhole } from "../../../cli/report/reuse/previews";

const root = mkdtempSync(join(tmpdir(), "groundwork-reuse-"));
afterAll(() => rmSync(root, { recursive: true }));

const environment = {
  PATH: join(root, "bin"),
  PULUMI_HOME: join(root, "home"),
  PULUMI_BACKEND_URL: `file://${join(root, "backend")}?metadata=skip`,
  PULUMI_CONFIG_PASSPHRASE_FILE: join(root, "passphrase"),
  VSPHERE_PASSWORD: "correct",
};

const files = {
  "project/Pulumi.yaml": "name: site\nruntime: nodejs\nmain: infra\nstackConfigDir: stacks\n",
  "project/infra/index.ts": "export = {};",
  "project/lib/anything.json": "{}",
  "project/package-lock.json": "{}",
  "project/node_modules/.package-lock.json": "{}",
  "project/stacks/Pulumi.a.yaml": "config: {}",
  "project/stacks/a.plan.json": "{}",
  "project/stacks/Pulumi.b.yaml": "config: {}",
  "elsewhere/module.ts": "1",
  "project/policies/PulumiPolicy.yaml": "runtime: nodejs",
  "project/policies/rules/one.js": "1",
  "pack.json": "{}",
  passphrase: "secret",
  "bin/pulumi": "3.200.0",
  "bin/pulumi-language-nodejs": "3.200.0",
  "home/plugins/resource-vsphere-v4.18.2/pulumi-resource-vsphere": "4.18.2",
  "home/plugins/resource-tls-v5.6.1/pulumi-resource-tls": "5.6.1",
  "backend/.pulumi/stacks/site/a.json": '{"version": 3}',
  "backend/.pulumi/stacks/site/b.json": '{"version": 3}',
};

const write = (file: string, text: string) => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
};
beforeEach(() => {
  rmSync(root, { recursive: true });
  for (const [file, text] of Object.entries(files)) write(file, text);
  symlinkSync(join(root, "elsewhere"), join(root, "project/linked"));
});

const outputs = [join(root, "project/report.md")];
const askOf = (stack: string): Ask => ({
  project: projectIn(join(root, "project")),
  stack,
  policyPack: join(root, "project/policies"),
  policyConfig: join(root, "pack.json"),
  refresh: false,
});
const keyOf = (env: NodeJS.ProcessEnv = environment, ask: Ask = askOf("a")) => new Inputs(outputs, env).key(ask);

describe("a preview is another one after a change of", () => {
  const changed = [
    "project/infra/index.ts",
    "project/infra/new.ts",
    "project/lib/anything.json",
    "elsewhere/module.ts",
    "project/Pulumi.yaml",
    "project/package-lock.json",
    "project/node_modules/.package-lock.json",
    "project/stacks/Pulumi.a.yaml",
    "project/stacks/a.plan.json",
    "project/stacks/shared.yaml",
    "project/policies/rules/one.js",
    "project/policies/rules/two.js",
    "pack.json",
    "passphrase",
    "bin/pulumi",
    "bin/pulumi-language-nodejs",
    "bin/pulumi-resource-vsphere",
    "home/plugins/resource-vsphere-v4.19.0/pulumi-resource-vsphere",
    "backend/.pulumi/stacks/site/a.json",
  ];
  it.each(changed)("%s", async (file) => {
    const before = await keyOf();
    expect(before).toBeDefined();
    write(file, `name: site\nruntime: nodejs\nmain: infra\nstackConfigDir: stacks\n# changed`);
    expect(await keyOf()).not.toBe(before);
  });

  it.each(["VSPHERE_PASSWORD", "VSPHERE_SERVER", "PULUMI_ANYTHING", "NODE_OPTIONS"])(
    "the variable %s",
    async (name) => {
      const before = await keyOf();
      expect(await keyOf({ ...environment, [name]: "other" })).not.toBe(before);
    },
  );

  it("the place of the pack, its configuration, or the stack", async () => {
    const { policyConfig: _, ...unset } = askOf("a");
    write("project/copy/PulumiPolicy.yaml", files["project/policies/PulumiPolicy.yaml"]);
    write("project/copy/rules/one.js", files["project/policies/rules/one.js"]);
    const others = [unset, { ...unset, policyPack: join(root, "project/copy") }, askOf("b")];
    const keys = await Promise.all([undefined, ...others].map((ask) => keyOf(environment, ask)));
    expect(new Set(keys).size).toBe(4);
  });

  it("a file that is removed", async () => {
    const before = await keyOf();
    rmSync(join(root, "project/lib/anything.json"));
    expect(await keyOf()).not.toBe(before);
  });
});

describe("a preview is the same after a change of", () => {
  it.each([
    "project/stacks/Pulumi.b.yaml",
    "project/report.md",
    "project/.git/HEAD",
    "backend/.pulumi/stacks/site/b.json",
  ])("%s", async (file) => {
    const before = await keyOf();
    write(file, "changed");
    expect(await keyOf()).toBe(before);
  });

  it("who runs the report, and when", async () => {
    const { GITHUB_RUN_ID: _, ...env } = environment as NodeJS.ProcessEnv;
    expect(await keyOf({ ...env, GITHUB_RUN_ID: "2", CI_JOB_ID: "3", SHLVL: "4" })).toBe(await keyOf());
  });
});

describe("a preview is never used again", () => {
  it("when vCenter was asked what changed, or its configuration comes from elsewhere, or its state cannot be read", async () => {
    expect(await keyOf(environment, { ...askOf("a"), refresh: true })).toBeUndefined();
    write("project/stacks/Pulumi.a.yaml", "environment: [shared]\nconfig: {}\n");
    expect(await keyOf()).toBeUndefined();
    expect(await keyOf(environment, askOf("c"))).toBeUndefined();
  });

  it("when the pack lies outside the project, where nobody knows what else it loads", async () => {
    write("pack/PulumiPolicy.yaml", "runtime: nodejs");
    expect(await keyOf(environment, { ...askOf("a"), policyPack: join(root, "pack") })).toBeUndefined();
  });

  it("when a plugin that it used or a module that it loaded is another", () => {
    const preview = previewWith("vsphere:index/virtualMachine:VirtualMachine", "pulumi:providers:vsphere");
    const module = join(root, "project/node_modules/zod/index.cjs");
    const used = new Inputs([], environment).usedBy(preview, [module]);
    const isUnchanged = () => new Inputs([], environment).areUnchanged(used);
    expect(isUnchanged()).toBe(true);
    write("home/plugins/resource-tls-v5.6.1/pulumi-resource-tls", "built anew"); // not used
    expect(isUnchanged()).toBe(true);
    write("home/plugins/resource-vsphere-v4.18.2/pulumi-resource-vsphere", "built anew");
    expect(isUnchanged()).toBe(false);
    write(
      "home/plugins/resource-vsphere-v4.18.2/pulumi-resource-vsphere",
      files["home/plugins/resource-vsphere-v4.18.2/pulumi-resource-vsphere"],
    );
    expect(isUnchanged()).toBe(true);
    write("project/node_modules/zod/index.cjs", "by hand");
    expect(isUnchanged()).toBe(false);
  });

  it("after an hour, or the day's end", () => {
    const folder = join(root, "kept");
    const made = "2026-05-01T23:30:00.000Z";
    const kept = { made, used: {}, preview: previewWith() };
    new KeptPreviews(folder, () => Date.parse(made)).keep("key", kept);
    const at = (time: string) => new KeptPreviews(folder, () => Date.parse(time)).find("key");
    expect(at("2026-05-01T23:59:59.999Z")).toEqual(kept);
    expect(at("2026-05-02T00:00:00.000Z")).toBeUndefined();
    expect(at("2026-05-01T23:29:59.999Z")).toBeUndefined();
    new KeptPreviews(folder).keep("early", { ...kept, made: "2026-05-01T10:00:00.000Z" });
    const early = (time: string) => new KeptPreviews(folder, () => Date.parse(time)).find("early");
    expect(early("2026-05-01T10:59:59.999Z")).toBeDefined();
    expect(early("2026-05-01T11:00:00.000Z")).toBeUndefined();
  });

  it("if it broke, or read another stack's state", () => {
    expect(isWhole(previewWith("tls:index/privateKey:PrivateKey"))).toBe(true);
    expect(isWhole({ ...previewWith(), complete: false })).toBe(false);
    expect(isWhole({ ...previewWith(), errors: ["no"] })).toBe(false);
    expect(isWhole(previewWith("pulumi:pulumi:StackReference"))).toBe(false);
  });
});

it("keeps previews where nobody else reads them, and not for long", () => {
  const folder = join(root, "kept");
  const kept = { made: new Date().toISOString(), used: {}, preview: previewWith() };
  new KeptPreviews(folder).keep("one", kept);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777])).toEqual([
    ["one.json", 0o600],
  ]);
  new KeptPreviews(folder, () => Date.now() + 3_600_001).keep("two", kept);
  expect(existsSync(join(folder, "one.json"))).toBe(false);
  write("kept/broken.json", "{");
  expect(new KeptPreviews(folder).find("broken")).toBeUndefined();
});

function previewWith(...types: string[]): Preview {
  const steps = types.map((type, i) => {
    const name = `resource-${i}`;
    return { op: "same" as const, urn: name, type, name, changes: [], drift: [] };
  });
  return { stack: "a", steps, policies: [], errors: [], warnings: [], complete: true };
}
