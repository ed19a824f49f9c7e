import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certManagerConfiguration } from "../../components/addons/gatewayApi/certManager";
import { type PORTS, type TraefikSettings, traefikArguments } from "../../components/addons/gatewayApi/traefik";
import { certManager, traefik } from "../../image/programs/exchanged";
import { ensure } from "../../lab/toolchain/artifact";
import type { ApiServer } from "./apiServer";
import { ControllerProcesses } from "./controllerProcesses";
import { freePort } from "./sshd";

/** Traefik and cert-manager as processes over a real API, with the tokens of their own accounts and the settings of their pods. */
export class GatewayProcesses extends ControllerProcesses {
  private constructor(
    folder: string,
    /** Where Traefik answers, in place of 80 and 443. */
    readonly ports: typeof PORTS,
  ) {
    super(folder);
  }

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
    const kubeconfig = (name: string) => processes.kubeconfig(api, name, name);
    const at = (env: NodeJS.ProcessEnv = {}) => ({
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, ...env },
    });
    const config = join(folder, "config.yaml");
    const healthz = `127.0.0.1:${await freePort()}`;
    const known = { kubeConfig: await kubeconfig("cert-manager"), healthzListenAddress: healthz };
    writeFileSync(config, JSON.stringify({ ...certManagerConfiguration, ...known }));
    processes.run("traefik", join(programs.traefik, "traefik"), own, at({ KUBECONFIG: await kubeconfig("traefik") }));
    processes.run("cert-manager", join(programs["cert-manager"], "controller"), [`--config=${config}`], at());
    return processes;
  }
}
