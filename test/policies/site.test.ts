import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import { allRules } from "../../site/judge/rules/catalog";
import { ownRuntime, Project } from "../support/project";
import { installed } from "../support/standins";
import { pack, startTestCenter, type TestCenter, vsphere } from "../support/testCenter";

/** The repository's program with a transform that puts the second member's data on the first one's device. */
const movedDisk = `
import * as vsphere from "@pulumi/vsphere";
import * as pulumi from "@pulumi/pulumi";
import { Site } from "${repository}/components/Site";
import { parseSite } from "${repository}/site/description/parse";

const spec = parseSite(new pulumi.Config().requireObject("site"));
new Site(spec.name, {
  spec,
  credentials: { user: process.env.VSPHERE_USER ?? "", password: process.env.VSPHERE_PASSWORD ?? "" },
  transform: {
    virtualMachine: (args, { provider }, name) => {
      if (name !== "demo-etcd-b") return;
      const datacenterId = vsphere.getDatacenterOutput({ name: "DC0" }, { provider }).id;
      const { id } = vsphere.getDatastoreOutput({ name: "esx-1-a", datacenterId }, { provider });
      args.disks = pulumi.output(args.disks ?? []).apply(([system, data]) => [system, { ...data, datastoreId: id }] as never);
    },
  },
});
`;

const policyLines = (output: string) => output.slice(output.indexOf("Policies:")).split("\n");

/** What a preview of a site that does not exist cannot know: the configuration of its machines, with their keys. */
const undecided = [
  ...allRules.filter(({ about }) => about === "configurations").map(({ id }) => id),
  "no-private-keys-in-commands",
  "no-private-keys-in-guestinfo",
  "ssh-host-keys-pinned",
].sort();

/** The repository's own program. */
const own = `export = require("${repository}/infra/index");\n`;

describe("the program of a site and the pack", () => {
  let center: TestCenter;
  let project: Project | undefined;
  beforeAll(async () => {
    center = await startTestCenter();
  });
  afterAll(() => center?.stop());
  afterEach(() => project?.remove());

  async function projectOf(stack: "demo" | "unsafe", program: string): Promise<Project> {
    const { config } = parse(readFileSync(join(repository, `stacks/Pulumi.${stack}.yaml`), "utf8"));
    config["groundwork:site"].hypervisor.server = center.datacenter.server;
    project = await Project.create({
      files: {
        "Pulumi.yaml": stringify({ name: "groundwork", main: "index.ts", runtime: ownRuntime }),
        "index.ts": program,
      },
      config,
      env: center.datacenter.environment,
      plugins: [await vsphere(), ...(await installed("command", "tls", "kubernetes"))],
    });
    return project;
  }
  const made = async () => (await center.datacenter.govc("find", "/", "-type", "m")).match(/-etcd-/g) ?? [];

  it("agree that the demo's site is sound", async () => {
    const { code, output } = await (await projectOf("demo", own)).preview("--policy-pack", pack);
    expect(policyLines(output).filter((line) => line.includes("[mandatory]"))).toEqual([]);
    // Keys and addresses that do not exist yet: `up` sees them before it uses them.
    const open = [...output.matchAll(/^ *([-\w, ]+): undecided, because/gm)].flatMap(([, rules]) => rules?.split(", "));
    expect(open.sort()).toEqual(undecided);
    expect(code).toBe(0);
  });

  it("refuse a plan with two members on one device before anything is made", async () => {
    const unsafe = await projectOf("unsafe", own);
    const { code, output } = await unsafe.up("--policy-pack", pack, "--skip-preview");
    expect(output).toContain("etcd members unsafe-etcd-a and unsafe-etcd-b share device naa.5000c500a0000012");
    expect(output).not.toMatch(/^\s+at /m);
    expect(code).not.toBe(0);
    expect(await made()).toEqual([]);
  });

  it("refuse a disk that a transform moved after the plan, before anything is made", async () => {
    const moved = await projectOf("demo", movedDisk);
    const { code, output } = await moved.up("--policy-pack", pack);
    expect(output).toContain(
      "[mandatory]  etcd-distinct-devices  (vsphere:index/virtualMachine:VirtualMachine: demo-etcd-b)",
    );
    expect(output).toContain(
      "machines.demo-etcd-b.disks: etcd members demo-etcd-a and demo-etcd-b share device naa.5000c500a0000011 (datastore esx-1-a); " +
        "use another device for demo-etcd-b",
    );
    expect(code).not.toBe(0);
    expect(await made()).toEqual([]);
    expect(
      JSON.parse((await moved.run("stack", "export", "--stack", "test")).output).deployment.resources ?? [],
    ).toEqual([]);
  });
});
