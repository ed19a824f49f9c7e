import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PulumiStack, pulumiOrThrow } from "../cli/stack/pulumi";
import { withLock } from "../image/build/lock";
import { currentRelease, earlierRelease, upgradedRelease } from "../image/programs/release";
import { writeLabConfig } from "./config";
import { labEnvironment, labPaths, writeEnvironment } from "./environment";
import { loadMachineImage } from "./guest/machine-image";
import { ensureLabState, knownLabs, type LabState, labFolder, readLabState } from "./state";
import { freeSubnet } from "./subnet";
import { type Progress, repository } from "./toolchain/artifact";
import { linkPlugins } from "./toolchain/plugins";
import { type Datacenter, destroyDatacenter, knownTemplates, startDatacenter } from "./vcenter/datacenter";
import { type Inventory, inventoryOf, type SiteHardware } from "./vcenter/inventory";

/** Pulumi's name of this project; see Pulumi.yaml. */
export const project = "groundwork";

/** A datacenter that runs on this machine, and the Pulumi stack of the site in it. */
export interface Lab {
  state: LabState;
  paths: ReturnType<typeof labPaths>;
  /** The site as its stack file has it, on the lab's own subnet. */
  site: SiteHardware & Record<string, unknown>;
  datacenter: Datacenter;
  environment: Record<string, string>;
  stack: PulumiStack;
}

const namePattern = /^[a-z][a-z0-9-]{0,19}$/;

/**
 * Starts a lab, or finds the one that runs. Nothing is in its datacenter at first.
 *
 * @param stack name of the stack file in stacks/, or a path of one
 * @throws Error as `path: fact; fix`
 */
export async function openLab(name: string, stack: string, progress: Progress): Promise<Lab> {
  if (!namePattern.test(name))
    throw new Error(`--name: "${name}" is no name; use up to 20 lower-case letters, digits and hyphens`);
  // Two labs that start at once must not choose the same subnet.
  mkdirSync(join(labFolder(name), ".."), { recursive: true, mode: 0o700 });
  const state = await withLock(join(labFolder(name), "../subnets"), async () =>
    ensureLabState(name, () => freeSubnet(knownLabs().map(({ subnet }) => subnet))),
  );
  const paths = labPaths(name);
  for (const folder of [paths.pulumiHome, paths.backend, paths.logs])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  const configFile = join(paths.folder, `Pulumi.${name}.yaml`);
  // Whose port is not known yet.
  const hardware = writeLabConfig(stack, configFile, state.subnet, "127.0.0.1");
  const inventory = await labInventory(hardware as Lab["site"], paths.folder, progress);
  const datacenter = await startDatacenter({
    lab: name,
    state: paths.folder,
    subnet: `10.42.${state.subnet}.0/24`,
    inventory,
    progress,
  });
  const site = writeLabConfig(stack, configFile, state.subnet, datacenter.server) as Lab["site"];
  const environment = await labEnvironment(state, datacenter);
  writeEnvironment(paths.environment, environment);
  await linkPlugins(paths.pulumiHome, progress);
  const lab: Lab = {
    state,
    paths,
    site,
    datacenter,
    environment,
    stack: { folder: repository, stack: name, configFile, env: { ...process.env, ...environment } },
  };
  if (!existsSync(join(paths.backend, ".pulumi/stacks", project, `${name}.json`))) {
    progress("making the Pulumi stack");
    // Pulumi writes the new stack's salt beside the Pulumi.yaml it finds: not into the checkout, but into the lab's copy.
    writeFileSync(join(paths.folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
    await pulumiOrThrow({ ...lab.stack, folder: paths.folder }, ["stack", "init", "--secrets-provider", "passphrase"]);
  }
  return lab;
}

/** With a second template, of the minor version before, in the datacenter of a site that starts or started with it. */
async function labInventory(site: Lab["site"], folder: string, progress: Progress): Promise<Inventory> {
  const { template } = earlierRelease;
  const starts = site.hypervisor.template === template;
  if (!starts && !knownTemplates(folder).includes(template))
    return inventoryOf(site, await loadMachineImage(progress), { diskGiB: 8 });
  const current = await loadMachineImage(progress, upgradedRelease);
  const earlier = { name: template, image: await loadMachineImage(progress, earlierRelease) };
  const newest = starts ? { ...site, hypervisor: { ...site.hypervisor, template: currentRelease.template } } : site;
  return { ...inventoryOf(newest, current, { diskGiB: 8 }), moreTemplates: [earlier] };
}

/** Removes a lab with everything in it; only the build cache stays. One that does not exist is fine. */
export async function destroyLab(name: string, progress: Progress): Promise<boolean> {
  const known = readLabState(name) !== undefined;
  await destroyDatacenter(name, labFolder(name), progress);
  rmSync(labFolder(name), { recursive: true, force: true });
  return known;
}
