import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiServer } from "./apiServer";

/** What runs in pods of a site, as processes over a real API: with a folder of their own and one log. */
export class ControllerProcesses {
  private readonly children = new Map<string, ChildProcess>();
  protected constructor(protected readonly folder: string) {}

  get log(): string {
    return readFileSync(join(this.folder, "log"), "utf8");
  }

  /** Memory that each has in use, MiB. */
  get memory(): Record<string, number> {
    const of = ({ pid }: ChildProcess) => /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Object.fromEntries([...this.children].map(([name, child]) => [name, Math.round(Number(of(child)) / 1024)]));
  }

  async remove(): Promise<void> {
    for (const child of this.children.values()) {
      if (child.exitCode !== null) continue;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  protected run(name: string, program: string, args: string[], options: SpawnOptions): void {
    const log = openSync(join(this.folder, "log"), "a");
    this.children.set(name, spawn(program, args, { ...options, stdio: ["ignore", log, log] }));
    closeSync(log);
  }

  /** A file with the rights of a program's own account, which has its name. */
  protected async kubeconfig(api: ApiServer, namespace: string, name: string): Promise<string> {
    const token = (await api.kubectl("-n", namespace, "create", "token", name)).trim();
    const file = join(this.folder, `${name}.kubeconfig`);
    writeFileSync(file, api.kubeconfig().replace('"token":"token"', `"token":"${token}"`), { mode: 0o600 });
    return file;
  }
}
