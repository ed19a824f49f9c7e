import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { withLock } from "./lock";
import { type Progress, type Run, runner } from "./run";

/** Something that is built once and keeps outside the checkout. */
export interface Artifact {
  name: string;
  version: string;
  /** What decides the bytes: files and folders of this repository (`lab/…`, `image/…`), and other strings. */
  inputs: string[];
  /** As a person reads it: `the Pulumi engine 3.200.0`. */
  title: string;
  /** How long the first build takes: `about 3 min`. */
  expected?: string;
  /** Fills `dir`, which becomes the artifact when this resolves. */
  build(dir: string, run: Run): Promise<void>;
}

/** The root of this checkout. */
export const repository = resolve(__dirname, "../..");

/** Where artifacts are kept. */
export function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return resolve(process.env.GROUNDWORK_CACHE || join(base, "groundwork"));
}

/** The folder an artifact has, or will have. */
export async function artifactFolder(artifact: Artifact): Promise<string> {
  return join(cacheFolder(), `${artifact.name}-${artifact.version}-${await recipeHash(artifact)}`);
}

/** Whether an artifact is there already. */
export async function isBuilt(artifact: Artifact): Promise<boolean> {
  return existsSync(await artifactFolder(artifact));
}

/** The folder of an artifact, built first if it is missing. */
export async function ensure(artifact: Artifact, progress?: Progress): Promise<string> {
  const folder = await artifactFolder(artifact);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const make = async (): Promise<string> => {
    if (existsSync(folder)) return folder;
    await removePartial(folder);
    const partial = `${folder}.partial-${process.pid}`;
    await mkdir(partial);
    try {
      await artifact.build(partial, runner(progress));
      await rename(partial, folder);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      throw new Error(`${artifact.title}: could not be built: ${(error as Error).message}`, { cause: error });
    }
    return folder;
  };
  return withLock(folder, make, () => progress?.("another run is building this; waiting for it"));
}

/** What an interrupted build left behind. Only the holder of the artifact's lock may call this. */
async function removePartial(folder: string): Promise<void> {
  const left = (await readdir(cacheFolder())).filter((name) => name.startsWith(`${basename(folder)}.partial-`));
  for (const name of left) await rm(join(cacheFolder(), name), { recursive: true, force: true });
}

async function recipeHash(artifact: Artifact): Promise<string> {
  const hash = createHash("sha256").update(process.arch);
  for (const input of artifact.inputs) {
    if (!/^(image|lab|sdks)\//.test(input)) {
      hash.update(`\0string\0${input}`);
      continue;
    }
    for (const file of await filesUnder(input)) {
      hash.update(`\0file\0${file}\0`).update(await readFile(join(repository, file)));
    }
  }
  return hash.digest("hex").slice(0, 12);
}

/** Every file of a path of the repository, in a fixed order; tests decide no bytes. */
async function filesUnder(path: string): Promise<string[]> {
  if (!(await stat(join(repository, path))).isDirectory()) return [path];
  const names = (await readdir(join(repository, path))).sort();
  const kept = names.filter((name) => !name.startsWith(".") && name !== "testdata" && !name.endsWith("_test.go"));
  return (await Promise.all(kept.map((name) => filesUnder(`${path}/${name}`)))).flat();
}
