import { accessSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { freeGiB, onPath } from "../../image/build/needs";
import type { Problem } from "../../site/description/problem";
import { UnusableInput, unusable } from "../../site/description/unusableInput";

/** Programs that bundles are made and taken apart with, and the Debian packages they come from. */
const programs: Record<string, string> = { tar: "tar", zstd: "zstd", "ssh-keygen": "openssh-client" };

/** What this computer lacks for bundles, all at once. */
export function lacksForBundle({ skopeo, folder, gib }: { skopeo: boolean; folder: string; gib: number }): Problem[] {
  const found: Problem[] = [];
  for (const [program, name] of Object.entries({ ...programs, ...(skopeo && { skopeo: "skopeo" }) }))
    if (!onPath(program)) found.push({ path: program, fact: "not found on PATH", fix: `apt-get install ${name}` });
  const closed = notWritable(folder);
  if (closed !== undefined) return [...found, closed];
  const free = freeGiB(folder);
  if (free < gib)
    found.push({
      path: folder,
      fact: `${free.toFixed(1)} GiB free of ${gib.toFixed(1)} GiB needed`,
      fix: "free some, or name another disk",
    });
  return found;
}

/** Why nothing can be written into a folder, or into the one that it is to be made in. */
function notWritable(folder: string): Problem | undefined {
  const there = existsSync(folder) ? folder : dirname(folder);
  if (!existsSync(there) || !statSync(there).isDirectory())
    return { path: folder, fact: `there is no folder ${there}`, fix: "make it, or name another one" };
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EROFS"
      ? { path: folder, fact: "its file system is read-only", fix: "name another folder" }
      : { path: folder, fact: "it may not be written", fix: "name another folder, or run this as somebody who may" };
  }
}

/** A file that must be there. */
export function noFile(option: string, file: string): Problem[] {
  if (existsSync(file) && statSync(file).isFile()) return [];
  return [{ path: option, fact: `there is no file ${file}`, fix: "correct its name" }];
}

/** Bytes of a file, in GiB; 0 if it is not there. */
export function gibOf(file: string): number {
  return existsSync(file) ? statSync(file).size / 2 ** 30 : 0;
}

/** Bytes of the files in a folder, in GiB; 0 if it is not there. */
export function gibIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce((sum, name) => sum + gibOf(join(folder, name)), 0);
}

/**
 * Does what fills a disk.
 *
 * @throws UnusableInput if the disk is full, whichever program met it
 */
export async function whereRoom<T>(folder: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof UnusableInput || (code !== "ENOSPC" && !/no space left on device/i.test(message))) throw error;
    throw unusable(
      folder,
      "its disk has no space left",
      "make room there, and run the command again: it goes on where it stopped",
    );
  }
}
