import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { etcd, kubernetes } from "../../image/programs/upstream";
import { ensure } from "../../lab/toolchain/artifact";
import { freePort } from "./sshd";

/**
 * A real Kubernetes API on the loopback interface: etcd, the API server and the controllers, without nodes. It stays empty
 * of running pods unless a test says that they run.
 */
export class ApiServer {
  private readonly children: ChildProcess[] = [];
  private store = "";
  private flags: string[] = [];
  private api?: ChildProcess;

  private constructor(
    readonly folder: string,
    private readonly binaries: string,
    readonly port: number,
  ) {}

  /** @param more further flags of the API server, or others for those that it has */
  static async start(more: readonly string[] = []): Promise<ApiServer> {
    const [stores, binaries] = [await ensure(etcd), await ensure(kubernetes)];
    const server = new ApiServer(mkdtempSync(join(tmpdir(), "groundwork-api-")), binaries, await freePort());
    const [client, peer, controllers] = [await freePort(), await freePort(), await freePort()];
    server.store = `http://127.0.0.1:${client}`;
    const path = (name: string) => join(server.folder, name);
    const tokens = 'token,admin,admin,"system:masters"\noperators,groundwork:operator,operator,"system:masters"\n';
    writeFileSync(path("tokens"), tokens, { mode: 0o600 });
    execFileSync("openssl", ["genrsa", "-out", path("sa.key"), "2048"], { stdio: "pipe" });
    writeFileSync(path("kubeconfig"), server.kubeconfig());
    server.run(join(stores, "etcd"), [
      `--data-dir=${path("etcd")}`,
      `--listen-client-urls=${server.store}`,
      `--advertise-client-urls=${server.store}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
    ]);
    server.flags = [
      `--etcd-servers=${server.store}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${server.port}`,
      `--cert-dir=${path("certs")}`,
      `--token-auth-file=${path("tokens")}`,
      `--service-account-key-file=${path("sa.key")}`,
      `--service-account-signing-key-file=${path("sa.key")}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      "--authorization-mode=RBAC",
      "--service-cluster-ip-range=10.0.0.0/24",
    ];
    await server.again(more);
    server.run(join(binaries, "kube-controller-manager"), [
      `--kubeconfig=${path("kubeconfig")}`,
      `--service-account-private-key-file=${path("sa.key")}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${controllers}`,
      `--cert-dir=${path("controller-certs")}`,
      "--leader-elect=false",
      "--controllers=*",
    ]);
    return server;
  }

  /**
   * Starts the API server again, with other flags than before.
   *
   * @param ready where it says that it is
   */
  async again(more: readonly string[], ready = "/readyz"): Promise<void> {
    if (this.api) await ended(this.api);
    this.api = this.run(join(this.binaries, "kube-apiserver"), [...this.flags, ...more]);
    await this.ready(ready);
  }

  kubeconfig(port = this.port): string {
    const cluster = { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "test", cluster }],
      users: [{ name: "admin", user: { token: "token" } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
      "current-context": "test",
    });
  }

  async kubectl(...args: string[]): Promise<string> {
    const flags = ["--kubeconfig", join(this.folder, "kubeconfig")];
    return (await promisify(execFile)(join(this.binaries, "kubectl"), [...flags, ...args])).stdout;
  }

  /** Makes an object. */
  async create(object: object, ...flags: string[]): Promise<void> {
    const file = join(this.folder, "object.json");
    writeFileSync(file, JSON.stringify(object));
    await this.kubectl("create", "-f", file, ...flags);
  }

  /** An object as the API has it, or nothing if it is not there. */
  async object(...args: string[]): Promise<KubernetesObject | undefined> {
    const text = await this.kubectl("get", "--ignore-not-found", "-o", "json", ...args);
    return text ? JSON.parse(text) : undefined;
  }

  /** What lies in etcd, in bytes. */
  async storedBytes(): Promise<number> {
    return JSON.parse(await this.etcdctl("endpoint", "status", "--write-out=json"))[0].Status.dbSizeInUse;
  }

  async etcdctl(...args: string[]): Promise<string> {
    const program = join(await ensure(etcd), "etcdctl");
    return (await promisify(execFile)(program, [`--endpoints=${this.store}`, ...args], { encoding: "latin1" })).stdout;
  }

  /** The environment in which programs of a control plane find this etcd and this API. */
  async environment(): Promise<NodeJS.ProcessEnv> {
    const path = [await ensure(etcd), this.binaries, process.env.PATH].join(":");
    return {
      HOME: this.folder,
      PATH: path,
      ETCDCTL_ENDPOINTS: this.store,
      KUBECONFIG: join(this.folder, "kubeconfig"),
    };
  }

  /** Says of the first pod with a label that it runs and is ready, as a kubelet would. */
  async runPod(label: string): Promise<void> {
    const conditions = ["Ready", "ContainersReady", "PodScheduled"].map((type) => ({ type, status: "True" }));
    const status = JSON.stringify({ status: { phase: "Running", podIP: "10.1.0.1", conditions } });
    for (;;) {
      const [name] = (await this.kubectl("get", "pods", "-l", label, "-o", "name")).split("\n");
      if (name) {
        await this.kubectl("patch", name, "--subresource=status", "--type=merge", "-p", status);
        return;
      }
      await sleep(100);
    }
  }

  /** From now on pods are given nodes, as far as a test made some. */
  async schedule(): Promise<void> {
    const port = await freePort();
    this.run(join(this.binaries, "kube-scheduler"), [
      `--kubeconfig=${join(this.folder, "kubeconfig")}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      `--cert-dir=${join(this.folder, "scheduler-certs")}`,
      "--leader-elect=false",
    ]);
  }

  /** Stops everything and removes its files; once that is done, nothing is left to do. */
  async remove(): Promise<void> {
    for (const child of this.children.splice(0)) await ended(child);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(program: string, args: string[]): ChildProcess {
    const log = openSync(join(this.folder, "log"), "a");
    const child = spawn(program, args, { stdio: ["ignore", log, log] });
    this.children.push(child);
    closeSync(log);
    return child;
  }

  private async ready(path: string): Promise<void> {
    for (let attempt = 0; attempt < 240; attempt++) {
      if ((await this.kubectl("get", "--raw", path).catch(() => "")) === "ok") return;
      await sleep(250);
    }
    throw new Error(readFileSync(join(this.folder, "log"), "utf8").slice(-2_000));
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exit;
}

/** What the tests look at in an object. */
export interface KubernetesObject {
  metadata: {
    name: string;
    uid: string;
    annotations?: Record<string, string>;
    managedFields?: { manager: string; operation: string }[];
  };
  data?: Record<string, string>;
  spec?: Record<string, unknown>;
}
