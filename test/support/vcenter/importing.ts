import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type Ended, program } from "../../../cli/process/program";
import { runner } from "../../../image/build/artifact";
import { writeOva } from "../../../image/output/ova";
import { repository } from "../../../lab/toolchain/artifact";
import { site } from "../sites";
import { startTestCenter, type TestCenter } from "../testCenter";

/** An image of machines, a vCenter, and `groundwork image import` as a person runs it. */
export class Importing {
  readonly ova: string;

  private constructor(
    readonly folder: string,
    readonly center: TestCenter,
  ) {
    this.ova = join(folder, "node.ova");
  }

  /** @param content what the disk begins with; zeros follow, to 8 MiB or the next one */
  static async start(content: string | Buffer): Promise<Importing> {
    const folder = mkdtempSync(join(tmpdir(), "groundwork-imported-"));
    const made = new Importing(folder, await startTestCenter());
    const disk = join(folder, "disk.raw");
    writeFileSync(disk, content);
    truncateSync(disk, Math.max(8, Math.ceil(content.length / 2 ** 20)) * 2 ** 20);
    await writeOva(disk, { name: "node", guest: "debian12_64Guest", version: "1.0" }, made.ova, runner());
    return made;
  }

  /** The vCenter's address. */
  get server(): string {
    return this.center.datacenter.environment.VSPHERE_SERVER;
  }

  /** A site whose second host has a copy of the template, if it is called `node-1.37`. */
  described(hypervisor: Record<string, unknown> = {}): string {
    const hosts = [1, 2, 3].map((n) => ({
      name: `esx-${n}`,
      cpus: 16,
      memoryGiB: 64,
      ...(n === 2 && hypervisor.template === undefined && { template: "node-1.37-esx-2" }),
      devices: ["a", "b"].map((x) => ({
        id: `naa.5000c500${n}${x}`,
        media: "ssd" as const,
        datastore: `esx-${n}-${x}`,
      })),
    }));
    const document = site(hosts, {}) as Record<string, unknown>;
    document.hypervisor = {
      ...(document.hypervisor as object),
      ...{ server: this.server, template: "node-1.37", allowUnverifiedSsl: true, ...hypervisor },
    };
    const file = join(this.folder, `site-${String(hypervisor.template ?? "node").replace(/\W/g, "-")}.yaml`);
    writeFileSync(file, stringify(document));
    return file;
  }

  imported(image: string, file: string, options: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const [command, args, more] = this.command(image, file, options, env);
    return program(command, args, more);
  }

  /** One that is ended by somebody else. */
  begun(image: string, file: string): ChildProcess {
    const [command, args, more] = this.command(image, file, [], {});
    return spawn(command, args, { ...more, stdio: "ignore" });
  }

  async inventory(): Promise<string[]> {
    return (await this.center.datacenter.govc("find", "/", "-type", "m")).trim().split("\n").sort();
  }

  async stop(): Promise<void> {
    await this.center.stop();
    rmSync(this.folder, { recursive: true });
  }

  private command(image: string, file: string, options: string[], env: NodeJS.ProcessEnv) {
    const args = [join(repository, "cli/groundwork.cjs"), "image", "import", image, "--site", file, ...options];
    const all = { ...process.env, ...this.center.datacenter.environment, ...env };
    return [process.execPath, args, { cwd: this.folder, env: all }] as const;
  }
}
