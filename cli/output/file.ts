import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type UnusableInput, unusable } from "../../site/description/unusableInput";

const REASONS: Record<string, [fact: string, fix: string]> = {
  ENOSPC: ["its disk has no space left", "make room there, and run the command again"],
  EDQUOT: ["its owner's share of the disk is used up", "make room there, and run the command again"],
  EACCES: ["it may not be written", "name another file, or correct who owns its folder"],
  EPERM: ["it may not be written", "name another file, or correct who owns its folder"],
  EROFS: ["its file system is read-only", "name another file"],
  ENOENT: ["its folder is not there", "make it, or name another file"],
  ENOTDIR: ["its folder is not there", "make it, or name another file"],
  EISDIR: ["it is a folder", "name a file"],
};

/**
 * Writes a file that a person named, as a whole or not at all: what was there stays until all of it is written. A link stays one; what is no
 * file, like a terminal, is written to.
 *
 * @throws UnusableInput if it cannot be written
 */
export function writeWhole(file: string, contents: string | Uint8Array): void {
  try {
    const target = existsSync(file) ? realpathSync(file) : file;
    if (existsSync(target) && !statSync(target).isFile()) writeFileSync(target, contents);
    else replace(target, contents);
  } catch (error) {
    throw unwritable(file, error as NodeJS.ErrnoException);
  }
}

function replace(file: string, contents: string | Uint8Array): void {
  const half = `${file}.tmp`;
  try {
    writeFileSync(half, contents);
    renameSync(half, file);
  } finally {
    rmSync(half, { force: true });
  }
}

function unwritable(file: string, { code = "", message }: NodeJS.ErrnoException): UnusableInput {
  const [fact, fix] = REASONS[code] ?? [`it cannot be written (${message})`, "mend that, or name another file"];
  return unusable(file, fact, fix);
}
