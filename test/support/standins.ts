import { join } from "node:path";
import { ensure } from "../../lab/toolchain/artifact";
import { pluginFolder, standinPlugins, standins } from "../../lab/toolchain/standins";
import type { InstalledPlugin } from "./project";

/** The programs of tests are made of text: their types are not checked each time they run. */
export const unchecked = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" };

/** The stand-in plugins of these names, built if they are not there. */
export async function installed(...names: string[]): Promise<InstalledPlugin[]> {
  const built = await ensure(standins);
  return standinPlugins
    .filter(({ name }) => names.includes(name))
    .map((plugin) => ({ ...plugin, folder: join(built, pluginFolder(plugin)) }));
}
