import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import type { PulumiStack } from "../../cli/stack/pulumi";
import { runner } from "../../image/build/run";
import { parseSite } from "../../site/description/parse";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { labEnvironment, labPaths } from "../environment";
import { readLabState } from "../state";
import { repository } from "../toolchain/artifact";
import { type Datacenter, findDatacenter } from "../vcenter/datacenter";

/** The site of a lab that runs, as who rehearses on it sees it. */
export class Subject {
  private readonly run = runner();

  private constructor(
    readonly lab: string,
    readonly plan: SitePlan,
    readonly datacenter: Datacenter,
    readonly kubeconfig: string,
    /** The lab's Pulumi stack. */
    readonly stack: PulumiStack,
  ) {}

  /** @throws Error if the lab does not run */
  static async open(lab: string): Promise<Subject> {
    const state = readLabState(lab);
    const paths = labPaths(lab);
    const datacenter = state && (await findDatacenter(lab, paths.folder));
    if (!state || !datacenter)
      throw new Error(`lab "${lab}": it does not run; bring it up with \`npm run demo -- --name ${lab}\``);
    const configFile = join(paths.folder, `Pulumi.${lab}.yaml`);
    const file = parse(readFileSync(configFile, "utf8"));
    const plan = planSite(parseSite(file.config["groundwork:site"]));
    const env = { ...process.env, ...(await labEnvironment(state, datacenter)) };
    const stack = { folder: repository, stack: lab, configFile, env };
    return new Subject(lab, plan, datacenter, paths.kubeconfig, stack);
  }

  machines(...roles: string[]): MachinePlan[] {
    return this.plan.machines.filter(({ role }) => roles.includes(role));
  }

  container(machine: string): string {
    return `groundwork-${this.lab}-${machine}`;
  }

  /** A command as root on a machine. */
  inside(machine: string, ...command: string[]): Promise<string> {
    return this.run("docker", ["exec", this.container(machine), "timeout", "8", ...command]);
  }

  /** Whether etcd takes a write, asked through one member. */
  async takesWrite(member: MachinePlan): Promise<boolean> {
    const key = ["put", "/groundwork/rehearsal", `${Date.now()}`];
    return this.etcdctl(member, ...key).then(
      () => true,
      () => false,
    );
  }

  /** Workers whose kubelet answers the API. */
  async workersLeft(): Promise<number> {
    const answers = this.machines("worker").map(({ name }) =>
      this.kubectl("--request-timeout=3s", "get", "--raw", `/api/v1/nodes/${name}/proxy/healthz`).then(
        (text) => text.trim() === "ok",
        () => false,
      ),
    );
    return (await Promise.all(answers)).filter(Boolean).length;
  }

  /** Waits until every machine does its work, and says how many seconds it took. */
  async healthy(patienceSeconds: number): Promise<number> {
    const begun = Date.now();
    for (let problem = ""; ; await sleep(500)) {
      try {
        await this.checkHealth();
        return (Date.now() - begun) / 1000;
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
      if (Date.now() - begun > patienceSeconds * 1000)
        throw new Error(`not healthy after ${patienceSeconds} s: ${problem}`);
    }
  }

  /** Machines are on, members healthy, control planes and the endpoint answer, nodes are Ready, load balancers run. */
  private async checkHealth(): Promise<void> {
    const off = (await this.datacenter.control.machines()).filter(({ on }) => !on);
    if (off.length > 0) throw new Error(`off: ${off.map(({ name }) => name).join(", ")}`);
    const nodes = this.machines("control-plane", "worker");
    const ready = '{range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
    const [seen = ""] = await Promise.all([
      this.kubectl("--request-timeout=5s", "get", "nodes", "-o", `jsonpath=${ready}`),
      ...this.machines("etcd").map((member) => this.etcdctl(member, "endpoint", "health")),
      ...this.machines("control-plane").map(({ address }) =>
        this.kubectl(`--server=https://${address}:6443`, "--request-timeout=5s", "get", "--raw", "/readyz"),
      ),
      ...this.machines("load-balancer").map(({ name }) =>
        this.inside(name, "systemctl", "is-active", "haproxy", "keepalived"),
      ),
    ]);
    const missing = nodes.filter(({ name }) => !seen.split("\n").includes(`${name}=True`));
    if (missing.length > 0) throw new Error(`not Ready: ${missing.map(({ name }) => name).join(", ")}`);
    // A node counts as Ready for a while after it is gone.
    if ((await this.workersLeft()) < this.machines("worker").length)
      throw new Error("a worker's kubelet does not answer");
  }

  private kubectl(...args: string[]): Promise<string> {
    return this.run("kubectl", args, { env: this.stack.env });
  }

  private etcdctl(member: MachinePlan, ...args: string[]): Promise<string> {
    const pki = "/etc/etcd/pki";
    const access = ["--cacert", `${pki}/ca.crt`, "--cert", `${pki}/healthcheck-client.crt`];
    access.push("--key", `${pki}/healthcheck-client.key`, "--command-timeout", "3s");
    return this.inside(member.name, "etcdctl", "--endpoints", `https://${member.address}:2379`, ...access, ...args);
  }
}
