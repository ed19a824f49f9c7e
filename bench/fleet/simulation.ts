import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import type { RolloutService, Server } from "../../fleet/rollout/service";
import { ensure, repository } from "../../lab/toolchain/artifact";
import { temporal } from "../../lab/toolchain/temporal";
import { engine } from "../../temporal";
import { processes, programOf, pssOf, statOf } from "../processes";

/** The name of the project that the sites are of. */
export const PROJECT = "fleet";

/** As the unit in docs/fleet.md has it. */
export const NODE_OPTIONS = "--max-semi-space-size=4";

/**
 * Temporal's development server and one worker of simulated sites, each a process of its own that can be killed. What is done at a site
 * takes a time that is drawn, and next to no processor time.
 */
export class Simulation {
  readonly folder = mkdtempSync(join(tmpdir(), "groundwork-fleet-"));
  rollouts!: RolloutService;
  client!: Client;
  private server!: Server;
  private serverProcess = 0;
  private worker!: ChildProcess;

  private constructor(
    private readonly program: string,
    private readonly port: number,
    private readonly longest: number,
  ) {}

  /** @param longest how long a step at a site may take, in ms */
  static async start(port: number, longest: number): Promise<Simulation> {
    const simulation = new Simulation(join(await ensure(temporal), "temporal"), port, longest);
    try {
      await simulation.startServer();
      await simulation.startWorker();
      const { address } = simulation.server;
      simulation.rollouts = await engine.connect({ address, namespace: "default" }, PROJECT);
      simulation.client = new Client({ connection: await Connection.connect({ address }) });
    } catch (error) {
      await simulation.stop();
      throw error;
    }
    return simulation;
  }

  async stop(): Promise<void> {
    this.worker?.kill("SIGKILL");
    await this.client?.connection.close();
    await this.rollouts?.close();
    await this.server?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** SIGKILL, and the next one at once. */
  async killWorker(): Promise<void> {
    const ended = new Promise((resolve) => this.worker.once("exit", resolve));
    this.worker.kill("SIGKILL");
    await ended;
    await this.startWorker();
  }

  async killServer(): Promise<void> {
    process.kill(this.serverProcess, "SIGKILL");
    await this.server.ended;
    await this.startServer();
  }

  /** What was done at sites, a line each: `s-7 begins`, `s-7 changed`. */
  log(): string[] {
    try {
      return readFileSync(join(this.folder, "log"), "utf8").trim().split("\n");
    } catch {
      return [];
    }
  }

  /** Processor time of server and worker, in seconds, as long as neither is killed. */
  cpuSeconds(): number {
    return (statOf(this.serverProcess)?.cpu ?? 0) + (statOf(this.worker.pid as number)?.cpu ?? 0);
  }

  /** The worker's own share of memory, in MB. */
  workerMB(): number {
    return pssOf(this.worker.pid as number) / 1000;
  }

  private async startServer(): Promise<void> {
    this.server = await engine.serve({
      program: this.program,
      database: join(this.folder, "database/temporal.db"),
      port: this.port,
    });
    const own = processes().filter(({ pid, parent }) => parent === process.pid && programOf(pid) === "temporal");
    this.serverProcess = Math.max(...own.map(({ pid }) => pid));
  }

  private async startWorker(): Promise<void> {
    const file = join(repository, "test/rollout/worker.ts");
    const { address } = this.server;
    const worker = spawn(process.execPath, ["--import", "tsx", file, address, this.folder, String(this.longest)], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NODE_OPTIONS },
    });
    this.worker = worker;
    await new Promise<void>((resolve, reject) => {
      worker.stdout?.once("data", () => resolve());
      worker.once("exit", (code) => reject(new Error(`the worker ended with exit code ${code}`)));
    });
  }
}
