import { mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { type Artifact, ensure, type Progress } from "./artifact";
import { type Plugin, pluginFolder, standinPlugins, standins } from "./standins";
import { vspherePlugin, vsphereVersion } from "./vsphere";

const vsphere: Plugin = { name: "vsphere", version: vsphereVersion };

/** What the plugins come from. */
export const pluginArtifacts: Artifact[] = [vspherePlugin, standins];

/**
 * Fills `$PULUMI_HOME/plugins` with the plugins a site uses, so that the engine finds each of them and downloads none.
 * Plugins of other versions that an earlier run put there are taken away.
 */
export async function linkPlugins(pulumiHome: string, progress?: Progress): Promise<void> {
  const standinFolder = await ensure(standins, progress);
  const sources = new Map([[vsphere, await ensure(vspherePlugin, progress)]]);
  for (const plugin of standinPlugins) sources.set(plugin, join(standinFolder, pluginFolder(plugin)));

  const folder = join(pulumiHome, "plugins");
  await mkdir(folder, { recursive: true });
  const wanted = new Set([...sources.keys()].map(pluginFolder));
  const others = (await readdir(folder)).filter((name) => !wanted.has(name));
  for (const name of others) await rm(join(folder, name), { recursive: true });
  for (const [plugin, source] of sources) await linkPlugin(join(folder, pluginFolder(plugin)), plugin, source);
}

/** The engine passes over folders that are links themselves, so the folder is real and the program in it a link. */
async function linkPlugin(folder: string, { name }: Plugin, source: string): Promise<void> {
  const program = `pulumi-resource-${name}`;
  await mkdir(folder, { recursive: true });
  const link = join(folder, `.${program}`);
  await rm(link, { force: true });
  await symlink(join(source, program), link);
  await rename(link, join(folder, program)); // at no moment is there none
}
