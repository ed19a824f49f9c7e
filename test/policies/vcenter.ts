import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { freeSubnet } from "../../lab/subnet";
import { ensure, repository } from "../../lab/toolchain/artifact";
import { vspherePlugin, vsphereVersion } from "../../lab/toolchain/vsphere";
import { type Datacenter, destroyDatacenter, startDatacenter } from "../../lab/vcenter/datacenter";
import { inventoryOf } from "../../lab/vcenter/inventory";
import { type InstalledPlugin, Project } from "../engine/project";
import { demoPlan, type Resource } from "./stack";

/** The pack, as the command line takes it. */
export const pack = join(repository, "policies");

/** A vCenter with the demo's hosts and devices, in which nothing is ever made. */
export interface TestCenter {
  datacenter: Datacenter;
  stop(): Promise<void>;
}

export async function startTestCenter(): Promise<TestCenter> {
  const state = mkdtempSync(join(tmpdir(), "groundwork-vcenter-"));
  const lab = basename(state).toLowerCase();
  const inventory = inventoryOf(demoPlan().spec, "groundwork-no-image", { diskGiB: 4 });
  const datacenter = await startDatacenter({ lab, state, subnet: `10.42.${freeSubnet([])}.0/24`, inventory });
  return {
    datacenter,
    stop: async () => {
      await destroyDatacenter(lab, state);
      rmSync(state, { recursive: true, force: true });
    },
  };
}

export async function vsphere(): Promise<InstalledPlugin> {
  return { name: "vsphere", version: vsphereVersion, folder: await ensure(vspherePlugin) };
}

/** A project whose program registers just these resources, with vCenter's own ids. */
export async function projectOf(resources: Resource[], { datacenter }: TestCenter): Promise<Project> {
  const { spec } = demoPlan();
  return Project.create({
    plugins: [await vsphere()],
    env: datacenter.environment,
    files: {
      "index.ts": readFileSync(join(__dirname, "program/index.ts"), "utf8"),
      "resources.json": JSON.stringify({
        hypervisor: spec.hypervisor,
        hosts: spec.hosts.map(({ name }) => name),
        datastores: spec.hosts.flatMap(({ devices }) => devices.map(({ datastore }) => datastore)),
        resources,
      }),
    },
  });
}
