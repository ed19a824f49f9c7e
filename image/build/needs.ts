import { existsSync, statfsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** Something this computer lacks, as `path: fact; fix`. */
export interface Lack {
  path: string;
  fact: string;
  fix: string;
}

/** Whether a program can be called by its name, by root too. */
export function onPath(program: string): boolean {
  const path = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
  return path.split(delimiter).some((folder) => folder !== "" && existsSync(join(folder, program)));
}

/** GiB that are free where a file or folder is, or will be. */
export function freeGiB(path: string): number {
  const { bavail, bsize } = statfsSync(existingParent(path));
  return (bavail * bsize) / 2 ** 30;
}

function existingParent(folder: string): string {
  return existsSync(folder) ? folder : existingParent(dirname(folder));
}
