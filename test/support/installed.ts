import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, program } from "../../cli/process/program";
import { repository } from "../../lab/toolchain/artifact";

/** A folder with this package in it, installed from the tarball that `npm pack` makes, and nothing of the repository. */
export class Installed {
  private readonly root = mkdtempSync(join(tmpdir(), "groundwork-installed-"));
  readonly folder = join(this.root, "sites");
  /** The policy pack that comes with it, from the folder. */
  readonly pack = "node_modules/groundwork/policies";

  constructor() {
    mkdirSync(this.folder);
    const quiet = { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] } as const;
    const packed = execFileSync("npm", ["pack", "--json", "--silent", "--pack-destination", this.root], {
      cwd: repository,
      ...quiet,
    });
    const [{ filename }] = JSON.parse(packed.slice(packed.indexOf("["))) as [{ filename: string }];
    const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", join("..", filename)];
    execFileSync("npm", args, { cwd: this.folder, ...quiet });
  }

  /** Runs `npx groundwork` in it. */
  groundwork(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return program(join(this.folder, "node_modules/.bin/groundwork"), args, {
      cwd: this.folder,
      env: { ...process.env, ...env },
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
