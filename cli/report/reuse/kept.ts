import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Preview } from "../preview";

/** A preview that was made, and what it used beside what it is named by. */
export interface Kept {
  /** When it was begun, RFC 3339. */
  made: string;
  /** Digests of files. */
  used: Record<string, string>;
  preview: Preview;
}

/** Certificates, exceptions and backups age: an older preview is made again. */
const longest = 60 * 60 * 1000;

/** Where previews are kept if nothing else is said. */
export function keptFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "groundwork/previews");
}

/** Previews by the keys of what they depend on. What cannot be read or written only costs time. */
export class KeptPreviews {
  constructor(
    private readonly folder: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** None that is older than an hour, or of another day: dates end with the day in UTC. */
  find(key: string): Kept | undefined {
    const kept = this.read(key);
    if (kept === undefined) return undefined;
    const age = this.now() - Date.parse(kept.made);
    const isToday = kept.made.slice(0, 10) === new Date(this.now()).toISOString().slice(0, 10);
    return age >= 0 && age < longest && isToday ? kept : undefined;
  }

  keep(key: string, kept: Kept): void {
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      this.removeOld();
      writeFileSync(`${this.file(key)}.${process.pid}`, JSON.stringify(kept), { mode: 0o600 });
      renameSync(`${this.file(key)}.${process.pid}`, this.file(key));
    } catch {}
  }

  private read(key: string): Kept | undefined {
    try {
      return existsSync(this.file(key)) ? (JSON.parse(readFileSync(this.file(key), "utf8")) as Kept) : undefined;
    } catch {
      return undefined;
    }
  }

  private removeOld(): void {
    for (const name of readdirSync(this.folder)) {
      const file = join(this.folder, name);
      const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
      if (modified !== undefined && this.now() - modified > longest) rmSync(file, { force: true });
    }
  }

  private file(key: string): string {
    return join(this.folder, `${key}.json`);
  }
}
