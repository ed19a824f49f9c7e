import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { repository } from "../lab/toolchain/artifact";
import { ProcessWatch, type Usage } from "./processes";

/** A revision of this project in a folder of its own, with its packages, whose lab can be brought up beside this one's. */
export class Revision {
  private constructor(
    /** As git names it; `here` for the folder as it is. */
    readonly name: string,
    readonly folder: string,
    /** Its lab's name. */
    readonly lab: string,
  ) {}

  /** This folder. */
  static here(): Revision {
    return new Revision("here", repository, "bench-here");
  }

  /** Another revision, checked out below the user's cache; made once. @throws Error if git does not know it */
  static async of(name: string): Promise<Revision> {
    const git = (...args: string[]) => execFileSync("git", args, { cwd: repository, encoding: "utf8" }).trim();
    const commit = git("rev-parse", "--verify", `${name}^{commit}`);
    const folder = join(homedir(), ".cache/groundwork-bench", commit.slice(0, 12));
    if (!existsSync(join(folder, "node_modules/.package-lock.json"))) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      execFileSync("bash", ["-c", `git archive ${commit} | tar -x -C '${folder}'`], { cwd: repository });
      await run("npm", ["ci", "--no-audit", "--no-fund"], folder);
    }
    return new Revision(name, folder, "bench-then");
  }

  /** `npm run demo` in its lab, with words more. */
  async demo(...args: string[]): Promise<void> {
    await run("npm", ["run", "--silent", "demo", "--", "--name", this.lab, ...args], this.folder);
  }

  /** How long the last `up` of its site took, in seconds, by the engine's own record. */
  async lastUp(): Promise<number> {
    const [last] = JSON.parse(await this.pulumi("stack history --json --page-size 1")) as {
      kind: string;
      startTime: string;
      endTime: string;
    }[];
    if (last?.kind !== "update") throw new Error(`${this.name}: the last entry of its history is no update`);
    return (Date.parse(last.endTime) - Date.parse(last.startTime)) / 1000;
  }

  /** A preview in which nothing changes, with the policy pack: what all its processes used. @throws Error if it shows changes */
  async preview(): Promise<Usage> {
    const watch = new ProcessWatch(100);
    await this.pulumi(
      `preview --expect-no-changes --parallel 64 --policy-pack '${join(this.folder, "policies")}' --config-file '${this.labFile(`Pulumi.${this.lab}.yaml`)}'`,
    );
    return watch.stop();
  }

  async destroy(): Promise<void> {
    await this.demo("--destroy");
  }

  private labFile(name: string): string {
    return join(homedir(), ".local/state/groundwork/labs", this.lab, name);
  }

  /** The engine in the lab's own environment, in the place of the shell that reads it. */
  private pulumi(words: string): Promise<string> {
    const script = `. '${this.labFile("environment")}' && exec pulumi ${words} --stack ${this.lab} --non-interactive`;
    return run("bash", ["-c", script], this.folder);
  }
}

/** Runs a command to its end and returns what it printed. @throws Error with its last lines if it fails */
function run(command: string, args: string[], folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    const [out, all]: Buffer[][] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out?.push(chunk) && all?.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => all?.push(chunk));
    child.on("error", reject).on("close", (code) => {
      const text = (chunks: Buffer[] | undefined) => Buffer.concat(chunks ?? []).toString("utf8");
      if (code === 0) return resolve(text(out));
      const last = text(all).trim().split("\n").slice(-20).join("\n");
      reject(new Error(`${command} ${args.join(" ")} in ${folder}: exit code ${code}\n${last}`));
    });
  });
}
