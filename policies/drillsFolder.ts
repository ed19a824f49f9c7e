import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Where `groundwork drill` keeps its records: `drills` in the folder of the Pulumi project that a pack lies in, as its own folder
 * or in a package; beside the pack if it lies in none.
 *
 * @param pack the folder of the pack
 */
export function drillsFolder(pack: string): string {
  for (let folder = pack; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return join(folder, "drills");
    if (dirname(folder) === folder) return join(pack, "../drills");
  }
}
