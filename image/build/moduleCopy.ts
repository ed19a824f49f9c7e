import { rm } from "node:fs/promises";
import { join } from "node:path";
import { goTool } from "./go";
import type { Run } from "./run";

/** A module of somebody else's that a module of ours names, to be changed before it is built. */
export interface ModuleCopy {
  /** The folder of our module, from the root of the repository. */
  module: string;
  /** Theirs, by its path. */
  of: string;
  /** Where the copy goes. */
  to: string;
  /** Files and folders at its root. Default: all. */
  parts?: readonly string[];
}

/** Copies a module, of the version that ours names and its go.sum holds. */
export async function copyModule(run: Run, { module, of, to, parts = ["."] }: ModuleCopy): Promise<void> {
  await goTool(run, module, ["mod", "download", of]);
  const original = (await goTool(run, module, ["list", "-m", "-f", "{{.Dir}}", of])).trim();
  await run("mkdir", ["-p", to]);
  for (const part of parts) await run("cp", ["-r", "--no-preserve=mode", `${original}/${part}`, `${to}/`]);
}

/** Puts folders and files of ours where a copy has its own, with all that is below those, or none. */
export async function exchangeFolders(
  run: Run,
  copy: string,
  folders: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [theirs, ours] of Object.entries(folders)) {
    await rm(join(copy, theirs), { recursive: true, force: true });
    await run("cp", ["-r", ours, join(copy, theirs)]);
  }
}
