import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { appliedOfStack } from "../../../cli/stack/applied";
import { type PulumiResult, type PulumiStack, pulumi } from "../../../cli/stack/pulumi";
import { labEnvironment, labPaths } from "../../../lab/environment";
import { readLabState } from "../../../lab/state";
import { repository } from "../../../lab/toolchain/artifact";
import { type Datacenter, findDatacenter } from "../../../lab/vcenter/datacenter";
import { parseSite } from "../../../site/description/parse";
import type { Role } from "../../../site/description/spec";
import { sshHostKey } from "../../../site/pki/keys";
import type { MachinePlan, SitePlan } from "../../../site/plan/model";
import { planSite } from "../../../site/plan/plan";
import { machinesOf } from "../../../site/plan/roles";

/** The lab the tests run on. With `GROUNDWORK_TEST_LAB` it is one that runs already, which is used as it is and left so. */
export const labName = process.env.GROUNDWORK_TEST_LAB ?? "test";
export const labIsKept = process.env.GROUNDWORK_TEST_LAB !== undefined;

/** How a command ended; `text` is both streams. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
  text: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  input?: string | Buffer;
  /** Ends the command after so many seconds; by default 120. */
  seconds?: number;
}

/** Runs a command in the repository's folder and returns however it ended. */
export function attempt(command: string, args: string[], options: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: repository,
      env: { ...process.env, ...options.env },
      timeout: (options.seconds ?? 120) * 1000,
    });
    const [out, err, both]: Buffer[][] = [[], [], []];
    child.stdout.on("data", (chunk: Buffer) => out?.push(chunk) && both?.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err?.push(chunk) && both?.push(chunk));
    child.on("error", reject);
    // A command that ends before it has read everything is judged by its exit code.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    const text = (chunks: Buffer[] | undefined) => Buffer.concat(chunks ?? []).toString("utf8");
    child.on("close", (code, signal) =>
      resolve({ code: code ?? (signal ? 137 : 1), stdout: text(out), stderr: text(err), text: text(both) }),
    );
  });
}

/** The command that people run. */
export function demo(...args: string[]): Promise<Ended> {
  return attempt("node", ["lab/bootstrap.cjs", "lab/demo.ts", "--name", labName, ...args], { seconds: 1500 });
}

/** Asks again until the answer is not `undefined`; an error counts as no answer and is told in the end. */
export async function until<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  let problem: unknown = "no";
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(500)) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      problem = "no";
    } catch (error) {
      problem = error instanceof Error ? error.message : error;
    }
  }
  throw new Error(`${what}: not within ${seconds} s; last answer: ${problem}`);
}

/** The site that runs in the tests' lab, as it was planned. */
export class RunningSite {
  private constructor(
    readonly lab: string,
    readonly plan: SitePlan,
    readonly paths: ReturnType<typeof labPaths>,
    readonly environment: Record<string, string>,
    readonly datacenter: Datacenter,
  ) {}

  /** @throws Error if the lab does not run */
  static async open(lab = labName): Promise<RunningSite> {
    const state = readLabState(lab);
    const paths = labPaths(lab);
    const datacenter = await findDatacenter(lab, paths.folder);
    if (!state || !datacenter) throw new Error(`lab "${lab}": does not run; site.setup.ts starts it`);
    const config = parse(readFileSync(join(paths.folder, `Pulumi.${lab}.yaml`), "utf8")) as {
      config: Record<string, unknown>;
    };
    const environment = await labEnvironment(state, datacenter);
    const stack = { folder: repository, stack: lab, env: { ...process.env, ...environment } };
    const against = await appliedOfStack(stack);
    const plan = planSite(parseSite(config.config["groundwork:site"]), { against });
    return new RunningSite(lab, plan, paths, environment, datacenter);
  }

  /** Makes things fail, and mends them. */
  get control() {
    return this.datacenter.control;
  }

  /** The lab's stack for `pulumi(stack, args)` of cli/pulumi.ts. */
  get stack(): PulumiStack {
    return {
      folder: repository,
      stack: this.lab,
      configFile: join(this.paths.folder, `Pulumi.${this.lab}.yaml`),
      env: { ...process.env, ...this.environment },
    };
  }

  pulumi(...args: string[]): Promise<PulumiResult> {
    return pulumi(this.stack, args);
  }

  /** Machines of some roles, in the order of their names; of all roles without any. */
  machines(...roles: Role[]): MachinePlan[] {
    return roles.length === 0 ? this.plan.machines : machinesOf(this.plan, ...roles);
  }

  machine(name: string): MachinePlan {
    const found = this.plan.machines.find((each) => each.name === name);
    if (!found) throw new Error(`${name}: no such machine in the plan`);
    return found;
  }

  /** Docker's name of the container that is a machine. */
  container(name: string): string {
    return `groundwork-${this.lab}-${name}`;
  }

  /** Runs a command with the lab's tools and access, and returns however it ended. */
  attempt(command: string, args: string[], options: RunOptions = {}): Promise<Ended> {
    return attempt(command, args, { ...options, env: { ...this.environment, ...options.env } });
  }

  /** Like `attempt`, for commands that have to succeed. Returns what was printed. */
  async run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, text } = await this.attempt(command, args, options);
    if (code !== 0) throw new Error(`${command} ${args.join(" ")}: exit code ${code}\n${text}`);
    return stdout;
  }

  kubectl(...args: string[]): Promise<string> {
    return this.run("kubectl", ["--request-timeout=15s", ...args]);
  }

  async kubectlJson<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.kubectl(...args, "-o", "json")) as T;
  }

  /** Runs a shell script as root on a machine. The machine's host key is the one of the stack's state. */
  async ssh(machine: string, script: string): Promise<string> {
    const { code, stdout, text } = await this.attemptSsh(machine, script);
    if (code !== 0) throw new Error(`${machine}: exit code ${code} of ${script}\n${text}`);
    return stdout;
  }

  async attemptSsh(machine: string, script: string): Promise<Ended> {
    await this.pinHostKey(machine);
    const options = ["BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=15", "IdentitiesOnly=yes"];
    const flags = [...options, `UserKnownHostsFile=${this.paths.knownHosts}`].flatMap((option) => ["-o", option]);
    const to = `groundwork@${this.machine(machine).address}`;
    return this.attempt("ssh", [...flags, "-i", this.paths.sshKey, to, "sudo bash -euo pipefail -s"], {
      input: script,
    });
  }

  /** etcdctl on a member, with the health check's client certificate, towards all members. */
  async etcdctl(...args: string[]): Promise<string> {
    const members = this.machines("etcd");
    const pki = "/etc/etcd/pki";
    const access = `--cacert ${pki}/ca.crt --cert ${pki}/healthcheck-client.crt --key ${pki}/healthcheck-client.key`;
    const endpoints = members.map(({ address }) => `https://${address}:2379`).join(",");
    const quoted = args.map((each) => `'${each.replaceAll("'", "'\\''")}'`).join(" ");
    return this.ssh(members[0]?.name ?? "", `etcdctl --endpoints ${endpoints} ${access} ${quoted}`);
  }

  /** Every member answers, agrees on one leader and has no alarm. Returns the leader's member id. */
  async etcdHealthy(): Promise<string> {
    const status = JSON.parse(await this.etcdctl("endpoint", "status", "-w", "json")) as {
      Status: { leader: number; errors?: string[] };
    }[];
    const leaders = new Set(status.map(({ Status }) => `${Status.leader}`));
    if (status.length !== this.machines("etcd").length || leaders.size !== 1 || leaders.has("0"))
      throw new Error(`etcd: ${JSON.stringify(status)}`);
    await this.etcdctl("endpoint", "health");
    return [...leaders].join();
  }

  /** The members' hashes of all keys, as of one revision: etcd's own check that their data is the same. One value is what should come. */
  async etcdHashes(): Promise<string[]> {
    const status = JSON.parse(await this.etcdctl("endpoint", "status", "-w", "json")) as {
      Status: { header: { revision: number } };
    }[];
    const revision = Math.min(...status.map(({ Status }) => Status.header.revision));
    const hashes = JSON.parse(await this.etcdctl("endpoint", "hashkv", "--rev", `${revision}`, "-w", "json")) as {
      HashKV: { hash: number };
    }[];
    return [...new Set(hashes.map(({ HashKV }) => `${HashKV.hash}`))];
  }

  /** The API answers through its endpoint and on every control plane, every node is Ready, and every etcd member is healthy. */
  async healthy(): Promise<void> {
    const { items } = await this.kubectlJson<{
      items: { metadata: { name: string }; status: { conditions: { type: string; status: string }[] } }[];
    }>("get", "nodes");
    const ready = items.filter(({ status }) =>
      status.conditions.some(({ type, status }) => type === "Ready" && status === "True"),
    );
    const nodes = this.machines("control-plane", "worker").length;
    if (ready.length !== nodes || items.length !== nodes)
      throw new Error(`nodes: ${ready.length} of ${nodes} are Ready`);
    // A node counts as Ready for a while after it is gone.
    await Promise.all(
      this.machines("control-plane").map(({ address }) =>
        this.kubectl(`--server=https://${address}:6443`, "get", "--raw", "/readyz"),
      ),
    );
    await this.etcdHealthy();
  }

  /** Resources of the stack as `pulumi stack export` has them, decrypted. */
  async exported(): Promise<{ urn: string; type: string; outputs?: Record<string, unknown> }[]> {
    const text = await this.run("pulumi", ["stack", "export", "--show-secrets", "--stack", this.lab]);
    return (JSON.parse(text) as { deployment: { resources: [] } }).deployment.resources;
  }

  private async pinHostKey(machine: string): Promise<void> {
    const file = this.paths.knownHosts;
    if (existsSync(file) && readFileSync(file, "utf8").includes(`${this.machine(machine).address} `)) return;
    const resources = await this.exported();
    const lines = this.plan.machines.map((machine) => {
      const key = resources.find(
        ({ type, urn }) => type === "tls:index/privateKey:PrivateKey" && urn.endsWith(sshHostKey(machine)),
      );
      const secret = key?.outputs?.publicKeyOpenssh;
      const text = typeof secret === "string" ? secret : JSON.parse((secret as { plaintext: string }).plaintext);
      return `${machine.address} ${text.trim()}\n`;
    });
    writeFileSync(file, lines.join(""), { mode: 0o600 });
  }
}
