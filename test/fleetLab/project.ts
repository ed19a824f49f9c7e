import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ended, program } from "../../cli/process/program";
import { destroyLab, type Lab, openLab } from "../../lab/lab";
import { ensure, repository } from "../../lab/toolchain/artifact";
import { temporal } from "../../lab/toolchain/temporal";
import { Installed } from "../support/installed";

const LAB = "fleet";
const PORT = 18_260;

/** A project of somebody who has only the package, in a datacenter of its own, and the service that carries its rollouts out. */
export class FleetProject {
  private serving?: ChildProcess;

  private constructor(
    private readonly installed: Installed,
    readonly lab: Lab,
    readonly env: NodeJS.ProcessEnv,
  ) {}

  static async make(): Promise<FleetProject> {
    const installed = await Installed.make();
    const packages = ["activity", "client", "common", "envconfig", "worker", "workflow"];
    const versions = packages.map((name) => `@temporalio/${name}@1.24.0`);
    await program("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...versions], {
      cwd: installed.folder,
    });
    // What is planned on a datastore is reserved there, and that of eight sites has to fit.
    const demo = readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8");
    const stack = join(installed.folder, "../Pulumi.lab.yaml");
    writeFileSync(stack, demo.replaceAll("capacityGiB: 480", "capacityGiB: 1920"));
    const lab = await openLab(LAB, stack, () => {});
    const env = {
      ...process.env,
      ...lab.environment,
      XDG_STATE_HOME: join(installed.folder, "../state"),
      TEMPORAL_ADDRESS: `127.0.0.1:${PORT}`,
      GROUNDWORK_ROLLOUT_KEY: join(installed.folder, "../rollout.key"),
    };
    const made = new FleetProject(installed, lab, env);
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    made.write("../rollout.key", privateKey.export({ type: "pkcs8", format: "pem" }) as string);
    made.write("../rollout.pub", publicKey.export({ type: "spki", format: "pem" }) as string);
    return made;
  }

  get folder(): string {
    return this.installed.folder;
  }

  write(path: string, text: string): void {
    mkdirSync(join(this.folder, path, ".."), { recursive: true });
    writeFileSync(join(this.folder, path), text, { mode: 0o600 });
  }

  groundwork(...args: string[]): Promise<Ended> {
    return this.installed.groundwork(args, this.env);
  }

  run(command: string, ...args: string[]): Promise<Ended> {
    return program(command, args, { cwd: this.folder, env: this.env });
  }

  /** What Pulumi printed at a site, as its worker keeps it. */
  log(site: string): string {
    const file = join(this.folder, "../state/groundwork/rollout", `${site}.log`);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** Stops the clocks of sites' machines or lets them go on: eight sites that all run are much for a small computer. */
  async suspend(sites: readonly string[], isSuspended: boolean): Promise<void> {
    const { control } = this.lab.datacenter;
    for (const { name } of await control.machines())
      if (sites.some((site) => name.startsWith(`${site}-`)))
        await (isSuspended ? control.pauseMachine(name) : control.resumeMachine(name));
  }

  /** Starts `groundwork fleet serve`, and waits until it takes work. */
  async serve(): Promise<void> {
    const server = join(await ensure(temporal), "temporal");
    const args = ["fleet", "serve", "--temporal", server, "--port", `${PORT}`];
    const child = spawn(join(this.folder, "node_modules/.bin/groundwork"), args, {
      cwd: this.folder,
      env: this.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log = createWriteStream(join(this.folder, "../serve.log"), { flags: "a", mode: 0o600 });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    this.serving = child;
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`groundwork fleet serve ended with exit code ${code}; see ${log.path}`);
    });
    await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), ended]);
    ended.catch(() => {});
  }

  /** Kills it with all that it started: server, worker, engines and plugins. */
  async kill(): Promise<void> {
    const { serving } = this;
    if (serving?.pid === undefined || serving.exitCode !== null || serving.signalCode !== null) return;
    const ended = once(serving, "exit");
    process.kill(-serving.pid, "SIGKILL");
    // The server is in a group of its own.
    await program("pkill", ["-KILL", "-f", `port ${PORT}`]);
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    await destroyLab(LAB, () => {});
    this.installed.remove();
  }
}
