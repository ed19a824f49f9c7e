import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Project, stackFile, stacksOf } from "../report/project";
import { Digests, digestOf } from "../report/reuse/digests";
import { POOL_FILE } from "./poolFile";

/** The folders of this package that say what is made of a fleet's files. */
const SOURCES = ["cli", "fleet", "site"].map((folder) => join(__dirname, "../..", folder));
/** What nobody has asked for so long is of a project that is gone, in ms. */
const LONGEST = 30 * 24 * 60 * 60_000;

/** A digest of all that a project says of its sites: its fleet's file, its pool, every stack file, and who reads them. */
export function saidBy(project: Project, fleetFile: string): string {
  const digests = new Digests();
  const files = [fleetFile, POOL_FILE, ...stacksOf(project).map((stack) => stackFile(project, stack))];
  return digestOf([
    SOURCES.map((folder) => digests.folder(folder)),
    project.folder,
    project.stackFolder,
    files.map((file) => [file, digests.file(join(project.folder, file))]),
  ]);
}

/**
 * What was worked out before of the same input; it is worked out, and kept for the next time, if it was not. What cannot be read or
 * written only costs time.
 *
 * @param what of which kind it is; the last of a kind is kept for each project
 * @param of a digest of all that it depends on
 */
export function workedOut<T>({ folder }: Project, what: string, of: string, work: () => T): T {
  const kept = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "groundwork/fleets");
  const file = join(kept, `${what}-${digestOf(folder).slice(0, 16)}.json`);
  try {
    const found = JSON.parse(readFileSync(file, "utf8")) as { of: string; value: T };
    if (found.of === of) return found.value;
  } catch {
    // There is none.
  }
  const value = work();
  try {
    mkdirSync(kept, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(kept)) {
      const age = Date.now() - (statSync(join(kept, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > LONGEST) rmSync(join(kept, name), { force: true });
    }
    writeFileSync(`${file}.${process.pid}`, JSON.stringify({ of, value }), { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // The next run works it out again.
  }
  return value;
}
