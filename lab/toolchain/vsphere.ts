import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Artifact, goBuild } from "./artifact";

const module = "lab/go/vsphere";
const sources = ["go.mod", "go.sum", "provider.go", "terraform-plugin-test"];
const commands = ["pulumi-tfgen-vsphere", "pulumi-resource-vsphere"];

/** The version of the official provider whose names the bridged one keeps to. */
export const vsphereVersion = "4.18.2";

/** The vSphere provider's plugin, bridged from Terraform's: `pulumi-resource-vsphere` with `schema.json` beside it. */
export const vspherePlugin: Artifact = {
  name: "vsphere",
  version: vsphereVersion,
  inputs: [
    ...sources.map((name) => `${module}/${name}`),
    ...commands.map((name) => `${module}/cmd/${name}`),
    "lab/toolchain/vsphere.ts",
  ],
  title: `the vSphere plugin ${vsphereVersion}`,
  expected: "about 2 min",
  build: async (dir, run) => {
    const generator = join(dir, "generator");
    await mkdir(generator);
    const tfgen = join(generator, "pulumi-tfgen-vsphere");
    await goBuild(run, { module, package: "./cmd/pulumi-tfgen-vsphere", output: tfgen });
    await run(tfgen, ["schema", "--skip-docs", "--out", generator]);
    await rename(join(generator, "schema.json"), join(dir, "schema.json"));
    await rm(generator, { recursive: true });
    const output = join(dir, "pulumi-resource-vsphere");
    await goBuild(run, { module, package: "./cmd/pulumi-resource-vsphere", output });
  },
};
