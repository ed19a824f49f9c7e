import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certManagerConfiguration } from "../../components/addons/gatewayApi/certManager";
import { type PORTS, type TraefikSettings, traefikArguments } from "../../components/addons/gatewayApi/traefik";
import { certManager, traefik } from "../../image/programs/exchanged";
import { ensure } from "../../lab/toolchain/artifact";
import type { ApiServer } from "./apiServer";
import { freePort } from "./sshd";

/** Traefik and cert-manager as processes over a real API, with the tokens of their own accounts and the settings of their pods. */
export class GatewayProcesses {
  private readonly children = new Map<string, ChildProcess>();
  private constructor(
    private readonly folder: string,
    /** Where Traefik answers, in place of 80 and 443. */
    readonly ports: typeof PORTS,
  ) {}

  static async start(api: ApiServer, settings: Omit<TraefikSettings, "copies">): Promise<GatewayProcesses> {
    const folder = mkdtempSync(join(tmpdir(), "groundwork-gateway-"));
    const ports = { http: await freePort(), https: await freePort() };
    const processes = new GatewayProcesses(folder, ports);
    const programs = { traefik: await ensure(traefik), "cert-manager": await ensure(certManager) };
    const health = await freePort();
    const own = traefikArguments(settings).map((argument) =>
      argument
        .replace(/=:80$/, `=127.0.0.1:${ports.http}`)
        .replace(/=:443$/, `=127.0.0.1:${ports.https}`)
        .replace(/=:8082$/, `=127.0.0.1:${health}`),
    );
    const kubeconfig = async (name: string) => {
      const token = (await api.kubectl("-n", name, "create", "token", name)).trim();
      const file = join(folder, `${name}.kubeconfig`);
      writeFileSync(file, api.kubeconfig().replace('"token":"token"', `"token":"${token}"`), { mode: 0o600 });
      return file;
    };
    const config = join(folder, "config.yaml");
    const healthz = `127.0.0.1:${await freePort()}`;
    const known = { kubeConfig: await kubeconfig("cert-manager"), healthzListenAddress: healthz };
    writeFileSync(config, JSON.stringify({ ...certManagerConfiguration, ...known }));
    processes.run("traefik", join(programs.traefik, "traefik"), own, { KUBECONFIG: await kubeconfig("traefik") });
    processes.run("cert-manager", join(programs["cert-manager"], "controller"), [`--config=${config}`]);
    return processes;
  }

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

  private run(name: string, program: string, args: string[], env: NodeJS.ProcessEnv = {}): void {
    const log = openSync(join(this.folder, "log"), "a");
    this.children.set(
      name,
      spawn(program, args, {
        cwd: this.folder,
        env: { PATH: process.env.PATH, HOME: this.folder, ...env },
        stdio: ["ignore", log, log],
      }),
    );
    closeSync(log);
  }
}
