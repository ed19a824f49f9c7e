import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ended, program } from "../../cli/process/program";
import { repository } from "../../lab/toolchain/artifact";

/** A folder with this package in it, installed from the tarball that `npm pack` makes, and nothing of the repository. */
export class Installed {
  /** The policy pack that comes with it, from the folder. */
  readonly pack = "node_modules/groundwork/policies";

  private constructor(
    private readonly root: string,
    readonly folder: string,
  ) {}

  static async make(): Promise<Installed> {
    const root = mkdtempSync(join(tmpdir(), "groundwork-installed-"));
    const folder = join(root, "sites");
    mkdirSync(folder);
    const packed = await npm(repository, "pack", "--json", "--pack-destination", root);
    const [{ filename }] = JSON.parse(packed.slice(packed.indexOf("[\n"))) as [{ filename: string }];
    // Into this folder, whatever a folder above has.
    await npm(folder, "install", "--prefix", ".", "--prefer-offline", "--no-audit", "--no-fund", join("..", filename));
    return new Installed(root, folder);
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

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await program("npm", [...args, "--loglevel=error"], { cwd });
  if (code !== 0) throw new Error(`npm ${args[0]}: failed (exit code ${code})\n${stderr}`);
  return stdout;
}
