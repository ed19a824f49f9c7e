import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Artifact, ensure, type Progress } from "./artifact";
import { type Plugin, pluginFolder, standinPlugins, standins } from "./standins";
import { vspherePlugin, vsphereVersion } from "./vsphere";

const vsphere: Plugin = { name: "vsphere", version: vsphereVersion };

/** What the plugins come from. */
export const pluginArtifacts: Artifact[] = [vspherePlugin, standins];

/** Name of the variable that gives a folder with plugins of other builds, as `~/.pulumi/plugins` has the official ones. */
const OTHERS = "GROUNDWORK_LAB_PLUGINS";

/**
 * Fills `$PULUMI_HOME/plugins` with the plugins a site uses, so that the engine finds each of them and downloads none.
 * Plugins of other versions that an earlier run put there are taken away.
 *
 * @throws Error if `$GROUNDWORK_LAB_PLUGINS` is set and has none of them
 */
export async function linkPlugins(pulumiHome: string, progress?: Progress): Promise<void> {
  const standinFolder = await ensure(standins, progress);
  const sources = new Map([[vsphere, await ensure(vspherePlugin, progress)]]);
  for (const plugin of standinPlugins) sources.set(plugin, join(standinFolder, pluginFolder(plugin)));
  const others = process.env[OTHERS];
  if (others) useOthers(sources, others);

  const folder = join(pulumiHome, "plugins");
  await mkdir(folder, { recursive: true });
  const wanted = new Set([...sources.keys()].map(pluginFolder));
  const earlier = (await readdir(folder)).filter((name) => !wanted.has(name));
  for (const name of earlier) await rm(join(folder, name), { recursive: true });
  for (const [plugin, source] of sources) await linkPlugin(join(folder, pluginFolder(plugin)), plugin, source);
}

/** Where a folder has a plugin of the very version, that one is used. */
function useOthers(sources: Map<Plugin, string>, folder: string): void {
  const wanted = [...sources.keys()];
  const there = wanted.filter((plugin) =>
    existsSync(join(folder, pluginFolder(plugin), `pulumi-resource-${plugin.name}`)),
  );
  if (there.length === 0) {
    const names = wanted.map(pluginFolder).join(", ");
    throw new Error(`${OTHERS}: ${folder} has none of ${names}; put one there, or leave the variable out`);
  }
  for (const plugin of there) sources.set(plugin, join(resolve(folder), pluginFolder(plugin)));
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
