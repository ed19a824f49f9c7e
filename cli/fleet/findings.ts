import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Finding } from "../../fleet/watch/work";
import type { Project } from "../report/project";

/** What was found at the sites of a project, and how its webhook answered. */
interface Kept {
  version: 1;
  findings: Record<string, Finding>;
  /** Why the webhook was not told, as long as it is not. */
  untold?: { at: string; why: string };
  /** What became of the last try to mend what was found. */
  repair?: { at: string; what: string };
}

/** What the last looks found, in a file of whoever carries rollouts out, mode 0600. */
export class Findings {
  constructor(private readonly file: string) {}

  /** Those of a project, under the home of this user. */
  static of({ name }: Project, env: NodeJS.ProcessEnv = process.env): Findings {
    const state = env.XDG_STATE_HOME || join(homedir(), ".local/state");
    return new Findings(join(state, "groundwork/watch", `${name}.json`));
  }

  /** Nothing where nobody looks, and of a file that cannot be read. */
  read(): Kept {
    try {
      if (existsSync(this.file)) return JSON.parse(readFileSync(this.file, "utf8")) as Kept;
    } catch {
      // The next look writes it again.
    }
    return { version: 1, findings: {} };
  }

  /** Keeps what was found now. @returns those that are other than at the last look */
  keep(findings: readonly Finding[]): Finding[] {
    const known = this.read();
    const news = findings.filter(({ site, is, what }) => {
      const last = known.findings[site];
      // A site that is as it should be is no news, unless it was not.
      return last === undefined ? is !== "as described" : last.is !== is || !isDeepStrictEqual(last.what, what);
    });
    this.write({ ...known, findings: { ...known.findings, ...Object.fromEntries(findings.map((f) => [f.site, f])) } });
    return news;
  }

  /** Writes down why the webhook was not told; nothing: it was. */
  answered(why?: string): void {
    const { untold: _, ...known } = this.read();
    this.write(why === undefined ? known : { ...known, untold: { at: new Date().toISOString(), why } });
  }

  /** Writes down what became of mending. */
  repaired(what: string): void {
    this.write({ ...this.read(), repair: { at: new Date().toISOString(), what } });
  }

  private write(kept: Kept): void {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    const half = `${this.file}.${process.pid}`;
    writeFileSync(half, JSON.stringify(kept, null, 2), { mode: 0o600 });
    renameSync(half, this.file);
  }
}
