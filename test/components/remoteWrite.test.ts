import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { victoriaMetrics, vmagent } from "../../image/programs/upstream";
import { ensure } from "../../lab/toolchain/artifact";
import type { MachinePlan } from "../../site/plan/model";
import { machinesOf } from "../../site/plan/roles";
import { machineFiles } from "../../site/render/machine";
import { MONITORING_FOLDER } from "../../site/render/monitoring/jobs";
import { RECEIVER } from "../../site/render/monitoring/remoteWrite";
import { Certificates } from "../support/certificates";
import { served } from "../support/served";
import { freePort } from "../support/sshd";
import { watchedSite } from "../support/watched";

// Metrics that are sent elsewhere (O1): vmagent and VictoriaMetrics as a control plane's pod starts them, and a receiver that asks for a password:
// VictoriaMetrics, too.

const OWNER = "localhost";
const PASSWORD = "correct-horse-battery";
let certificates: Certificates;
let url: string;
let agent: Program;
let own: Program;
let receiver: Program;

/** A program, its port and what it said. */
class Program {
  private child?: ChildProcess;
  private constructor(
    private readonly path: string,
    readonly port: number,
    private readonly scheme: "http" | "https",
    private args: readonly string[],
  ) {}

  static async start(path: string, port: number, args: readonly string[], scheme: "http" | "https" = "http") {
    const program = new Program(path, port, scheme, args);
    await program.again();
    return program;
  }

  async again(args = this.args): Promise<void> {
    this.args = args;
    const output = openSync(this.log, "a");
    const env = { ...process.env, MACHINE: "shop-control-plane-a", HOST: "esx-1", ADDRESS: "127.0.0.1" };
    this.child = spawn(this.path, args, { stdio: ["ignore", output, output], env });
    closeSync(output);
    await served(() => this.get("/health"));
  }

  get log(): string {
    return join(certificates.folder, `${this.port}.log`);
  }

  get said(): string {
    return readFileSync(this.log, "utf8");
  }

  async get(path: string): Promise<string> {
    const password = Buffer.from(`shop:${PASSWORD}`).toString("base64");
    return certificates.get(`${this.scheme}://${OWNER}:${this.port}${path}`, { authorization: `Basic ${password}` });
  }

  async query(expression: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
    const answer = await this.get(`/api/v1/query?query=${encodeURIComponent(expression)}&latency_offset=1s`);
    return (JSON.parse(answer) as { data: { result: { metric: Record<string, string>; value: [number, string] }[] } })
      .data.result;
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}

beforeAll(async () => {
  certificates = Certificates.make();
  certificates.certificate("server", OWNER, "owner");
  certificates.certificate("forged", OWNER, "other");
  const [metrics, sent, elsewhere] = [await freePort(), await freePort(), await freePort()];
  url = `https://${OWNER}:${elsewhere}/api/v1/write`;
  const at = (name: string) => join(certificates.folder, name);
  // What the description says of the receiver is what it is; where programs listen and write is the test's.
  const named = url.replace(OWNER, "metrics.owner.example");
  const plan = watchedSite({ remoteWrite: { url: named, user: "shop", ca: certificates.authority("owner") } });
  const [machine] = machinesOf(plan, "control-plane") as [MachinePlan];
  const moved = (text: string) =>
    text
      .replaceAll(named, url)
      .replaceAll(MONITORING_FOLDER, at("monitoring"))
      .replaceAll("127.0.0.1:8428", `127.0.0.1:${metrics}`)
      .replaceAll("127.0.0.1:8429", `127.0.0.1:${sent}`)
      .replace(/=\/(metrics|waiting)$/, `=${at("")}$1`);
  mkdirSync(at("monitoring"));
  for (const { path, content } of machineFiles(plan, machine)) {
    if (!path.startsWith(`${MONITORING_FOLDER}/`) || path.includes("dashboards")) continue;
    const text = content.map((part) => (typeof part === "string" ? part : secretOf(part.secret))).join("");
    writeFileSync(moved(path), moved(text).replace("scrape_interval: 30s", "scrape_interval: 1s"));
  }
  const pod = parse(readFileSync(at("monitoring/pod.yaml"), "utf8")) as {
    spec: { containers: { name: string; args: string[] }[] };
  };
  const argsOf = (name: string) => (pod.spec.containers.find((one) => one.name === name)?.args ?? []).map(moved);
  const store = join(await ensure(victoriaMetrics), "victoria-metrics");
  own = await Program.start(store, metrics, argsOf("victoria-metrics"));
  receiver = await Program.start(store, elsewhere, receiverArgs("server"), "https");
  agent = await Program.start(join(await ensure(vmagent), "vmagent"), sent, argsOf("vmagent"));
});
afterAll(async () => {
  for (const program of [agent, own, receiver]) await program?.stop();
  certificates?.remove();
});

function secretOf(ref: string): string {
  return ref === "monitoring/remote-write-password" ? `${PASSWORD}\n` : certificates.authority("site");
}

const receiverArgs = (certificate: "server" | "forged", password = PASSWORD) => {
  const at = (name: string) => join(certificates.folder, name);
  const port = new URL(url).port;
  return [
    `-httpListenAddr=127.0.0.1:${port}`,
    `-storageDataPath=${at("elsewhere")}`,
    "-tls",
    `-tlsCertFile=${at(`${certificate}.crt`)}`,
    `-tlsKeyFile=${at(`${certificate}.key`)}`,
    "-httpAuth.username=shop",
    `-httpAuth.password=${password}`,
  ];
};

const patient = { timeout: 40_000, interval: 300 };
/** What vmagent counts of what it sent to one of the two. */
async function counted(name: string): Promise<number> {
  const page = await agent.get("/metrics");
  const line = page
    .split("\n")
    .find((text) => text.startsWith(`vmagent_remotewrite_${name}`) && text.includes(RECEIVER));
  return Number(line?.split(" ").at(-1));
}
const asked = 'up{job="monitoring"}';

describe("metrics that are sent elsewhere (O1)", () => {
  it("are the site's, with its name and who asked; its own store has them as before", async () => {
    await expect.poll(() => own.query(asked).then(({ length }) => length), patient).toBe(3);
    const [here] = await own.query(`${asked} == 1`);
    expect(here?.metric).not.toHaveProperty("replica");
    await expect.poll(() => receiver.query(asked).then(({ length }) => length), patient).toBe(3);
    const [there] = await receiver.query(`${asked} == 1`);
    expect(there?.metric).toMatchObject({
      site: "shop",
      replica: "shop-control-plane-a",
      machine: "shop-control-plane-a",
      host: "esx-1",
    });
    expect(await counted('requests_total{url="2:secret-url", status_code="2XX"}')).toBeGreaterThan(0);
    expect(await counted("packets_dropped_total")).toBe(0);
  });

  it("wait while the receiver is away, and are all there when it is back; the site's own store goes on", async () => {
    await receiver.stop();
    const since = Date.now() / 1000;
    await expect.poll(() => counted("retries_count_total"), patient).toBeGreaterThan(0);
    await expect
      .poll(() => own.query(`timestamp(${asked})`).then((found) => Number(found[0]?.value[1])), patient)
      .toBeGreaterThan(since + 8);
    await receiver.again();
    // A sample each second, of the time that it was away.
    const age = () => Math.ceil(Date.now() / 1000 - since);
    const missed = async () => {
      const [found] = await receiver.query(`count_over_time(up{job="monitoring",replica!=""}[${age()}s])`);
      return Number(found?.value[1] ?? 0) / age();
    };
    await expect.poll(missed, patient).toBeGreaterThan(0.8);
  });

  it.each<[string, () => string[], RegExp]>([
    [
      "with a certificate of somebody else's authority",
      () => receiverArgs("forged"),
      /certificate signed by unknown authority/,
    ],
    ["that refuses the password", () => receiverArgs("server", "another"), /401/],
  ])("are not given to a receiver %s, which the site's own alert would tell", async (_, args, said) => {
    await receiver.stop();
    await receiver.again(args());
    await expect.poll(() => agent.said, patient).toMatch(said);
    // Once what was on its way has been counted.
    await sleep(2000);
    const before = await counted('requests_total{url="2:secret-url", status_code="2XX"}');
    const since = Date.now() / 1000;
    await expect
      .poll(() => own.query(`timestamp(${asked})`).then((found) => Number(found[0]?.value[1])), patient)
      .toBeGreaterThan(since + 2);
    expect(await counted('requests_total{url="2:secret-url", status_code="2XX"}')).toBe(before);
    // Both are in what vmalert asks for.
    expect(await own.query('vmagent_remotewrite_requests_total{url="2:secret-url",status_code="2XX"}')).toHaveLength(1);
    await receiver.stop();
    await receiver.again(receiverArgs("server"));
  });

  it("are sent without a word of the password, wherever vmagent tells of itself", async () => {
    const told = [agent.said, await agent.get("/metrics"), await agent.get("/flags")].join("\n");
    expect(told).not.toContain(PASSWORD);
    expect(told).toContain("remoteWrite.basicAuth.passwordFile");
  });
});
