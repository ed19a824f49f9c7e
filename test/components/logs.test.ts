import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { victoriaLogs } from "../../image/programs/upstream";
import { ensure } from "../../lab/toolchain/artifact";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { machinesOf } from "../../site/plan/roles";
import { apiServerFlags } from "../../site/render/apiServer";
import { auditPolicy } from "../../site/render/audit";
import { machineFiles } from "../../site/render/machine";
import { LOG_SENDER_DATA, LOGS_PORT } from "../../site/render/monitoring/logSender";
import { shell } from "../../site/render/shell";
import { ApiServer } from "../support/apiServer";
import { OWNER, OwnersServer } from "../support/ownersServer";
import { LogSender, Rsyslog } from "../support/rsyslog";
import { served } from "../support/served";
import { freePort } from "../support/sshd";
import { watchedSite } from "../support/watched";

// Logs on their way (O1): the machine image's rsyslog as it is configured on a worker and on a control plane, VictoriaLogs as it is started there,
// a real API server, and an owner's server that asks for certificates: rsyslog, too.

let rsyslog: Rsyslog;
let plan: SitePlan;
let store: Store;
let owner: OwnersServer;
const senders: LogSender[] = [];
/** The port of control planes, of which all but one are not there. */
let kept: number;

beforeAll(async () => {
  rsyslog = await Rsyslog.unpack();
  const port = await freePort();
  kept = await freePort();
  plan = watchedSite({
    logs: { sendTo: { server: "10.0.42.250", port, name: OWNER, ca: rsyslog.authority("owner") } },
  });
  owner = new OwnersServer(rsyslog, port);
  store = await Store.start(plan);
});
afterEach(async () => {
  for (const sender of senders.splice(0)) await sender.stop();
  await owner.stop();
});
afterAll(async () => {
  await store?.stop();
  rsyslog?.remove();
});

const plane = () => machinesOf(plan, "control-plane")[0] as MachinePlan;
const worker = () => machinesOf(plan, "worker")[0] as MachinePlan;

function sender(
  machine: MachinePlan,
  options: { name?: string; by?: "site" | "other"; small?: boolean } = {},
): LogSender {
  const changed = (text: string) => {
    const placed = text
      .replaceAll(`port="${LOGS_PORT}"`, `port="${kept}"`)
      .replaceAll('port="9514"', `port="${store.lines}"`);
    if (!options.small) return placed;
    return placed.replace(
      'queue.filename="elsewhere" queue.size="5000" queue.maxDiskSpace="128m" queue.maxFileSize="8m"',
      'queue.filename="elsewhere" queue.size="5000" queue.maxDiskSpace="1m" queue.maxFileSize="256k"',
    );
  };
  const made = new LogSender(rsyslog, plan, machine, { ...options, changed });
  senders.push(made);
  return made;
}

/** VictoriaLogs, started as the pod of a control plane starts it. */
class Store {
  private child?: ChildProcess;
  private constructor(
    private readonly program: string,
    private readonly args: readonly string[],
    private readonly http: number,
    readonly lines: number,
  ) {}

  static async start(plan: SitePlan): Promise<Store> {
    const [http, lines] = [await freePort(), await freePort()];
    const file = machineFiles(plan, plane()).find(({ path }) => path.endsWith("/monitoring/pod.yaml"));
    const pod = parse(file?.content.join("") ?? "") as { spec: { containers: { name: string; args: string[] }[] } };
    const { args = [] } = pod.spec.containers.find(({ name }) => name === "victoria-logs") ?? {};
    const moved = args.map((arg) =>
      arg.replace(":9428", `:${http}`).replace(":9514", `:${lines}`).replace("=/logs", `=${rsyslog.folder}/kept`),
    );
    const store = new Store(join(await ensure(victoriaLogs), "victoria-logs"), moved, http, lines);
    await store.again();
    return store;
  }

  async again(): Promise<void> {
    this.child = spawn(this.program, this.args, { stdio: "ignore" });
    await served(() => this.get("/health"));
  }

  async get(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.http}${path}`)).text();
  }

  /** The lines that a question finds. */
  async found(question: string): Promise<Record<string, string>[]> {
    const text = await this.get(`/select/logsql/query?limit=100000&query=${encodeURIComponent(question)}`);
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, string>);
  }

  /** What a program said, each once: a line that was on its way when a connection broke may come twice. */
  async texts(app: string): Promise<Set<string>> {
    return new Set((await this.found(`app_name:"${app}" | fields _msg`)).map(({ _msg = "" }) => _msg));
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}

/** A container's log as the kubelet and containerd lay it out. */
class ContainerLog {
  private readonly file: string;
  constructor(sender: LogSender, namespace: string, pod: string, container: string) {
    const folder = sender.at(`/var/log/pods/${namespace}_${pod}_0000/${container}`);
    mkdirSync(folder, { recursive: true });
    this.file = join(folder, "0.log");
    writeFileSync(this.file, "");
    symlinkSync(this.file, sender.at(`/var/log/containers/${pod}_${namespace}_${container}-${"0a".repeat(32)}.log`));
  }

  say(...texts: string[]): void {
    const now = new Date().toISOString().replace("Z", "123456Z");
    appendFileSync(this.file, texts.map((text) => `${now} stdout F ${text}\n`).join(""));
  }

  rotate(): void {
    renameSync(this.file, `${this.file}.20260101-000000`);
    writeFileSync(this.file, "");
  }
}

const patient = { timeout: 40_000, interval: 200 };

/** What a machine tells of its sender, by the program that tells its metrics. */
function told(of: LogSender): Record<string, number> {
  const script = shell("metrics")
    .replace("/etc/groundwork/metrics.conf", join(of.folder, "metrics.conf"))
    .replaceAll(LOG_SENDER_DATA, of.at(LOG_SENDER_DATA));
  writeFileSync(join(of.folder, "metrics.conf"), 'ALLOWED="127.0.0.1"\nUNITS=""\n');
  writeFileSync(join(of.folder, "metrics.sh"), script);
  const env = { ...process.env, REMOTE_ADDR: "127.0.0.1" };
  const page = execFileSync("bash", [join(of.folder, "metrics.sh")], { env, input: "GET /metrics HTTP/1.1\r\n\r\n" });
  const lines = [...String(page).matchAll(/^groundwork_logs_(\w+)\{to="([^"]+)"\} (\d+)$/gm)];
  return Object.fromEntries(lines.map(([, what, to, value]) => [`${what} ${to}`, Number(value)]));
}

describe("logs of machines (O1)", () => {
  it("are kept, and sent to the owner's server in RFC 5424's form: of pods, and of who asked the API for what", async () => {
    const [from, to] = [sender(worker()), sender(plane())];
    for (const { configuration } of [from, to]) expect(rsyslog.checked(configuration)).toBe("");
    owner.start();
    to.start();
    from.start();
    const log = new ContainerLog(from, "tills", "till-7f8d-x2", "app");
    log.say('sold "3" [kg] of \\ apples', "paid");
    const api = await auditedApi(to.at("/var/log/kubernetes/audit"));
    try {
      await api.kubectl("create", "namespace", "audited");
    } finally {
      await api.remove();
    }
    await expect.poll(() => store.texts("app").then(({ size }) => size), patient).toBe(2);
    const sold = () => store.found('app_name:"app" apples');
    await expect.poll(async () => (await sold()).length, patient).toBeGreaterThan(0);
    expect((await sold())[0]).toMatchObject({
      _msg: 'sold "3" [kg] of \\ apples',
      hostname: worker().name,
      "groundwork@32473.source": "pod",
      "groundwork@32473.namespace": "tills",
      "groundwork@32473.pod": "till-7f8d-x2",
      "groundwork@32473.container": "app",
    });
    const audited = () => store.found('app_name:"kube-audit" "audited" "namespaces" "create"');
    await expect.poll(async () => (await audited()).length, patient).toBeGreaterThan(0);
    const event = JSON.parse((await audited())[0]?._msg ?? "") as { verb: string; user: { username: string } };
    expect([event.verb, event.user.username]).toEqual(["create", "admin"]);
    const form =
      /^<142>1 \d{4}-\d\d-\d\dT[\d:]+\.\d{6}Z shop-general-a app - - \[groundwork@32473 source="pod" namespace="tills" pod="till-7f8d-x2" container="app"\] paid$/m;
    await expect.poll(() => owner.received, patient).toMatch(form);
    await expect
      .poll(() => owner.received, patient)
      .toMatch(/^<134>1 \S+ shop-control-plane-a kube-audit - - \[.*"audited"/m);
    console.log(
      `${from.memoryMiB.toFixed(1)} MiB of memory on a worker, ${to.memoryMiB.toFixed(1)} on a control plane`,
    );
  });

  it("go on where the kubelet begins a log anew, and where rsyslog does", async () => {
    const [from, to] = [sender(worker()), sender(plane())];
    to.start();
    from.start();
    const log = new ContainerLog(from, "turns", "turner", "turner");
    log.say("turn 1");
    await expect.poll(() => store.texts("turner").then(({ size }) => size), patient).toBe(1);
    log.say("turn 2");
    log.rotate();
    log.say("turn 3");
    await expect.poll(() => store.texts("turner").then(({ size }) => size), patient).toBe(3);
    await from.stop();
    log.say("turn 4");
    from.start();
    await expect.poll(() => store.texts("turner").then(({ size }) => size), patient).toBe(4);
  });

  it("are taken from the site's machines alone", async () => {
    const to = sender(plane());
    to.start();
    const line = (name: string) => `<142>1 ${new Date().toISOString()} ${name} stranger - - - a line of ${name}`;
    const framed = (text: string) => `${text.length} ${text}`;
    const sent = (name: string, by?: "site" | "other") =>
      new Promise<void>((resolve) => {
        const at = join(rsyslog.folder, `stranger-${name}`);
        if (by) rsyslog.certificate(at, name, by);
        const own = by ? { cert: readFileSync(`${at}.crt`), key: readFileSync(`${at}.key`) } : {};
        const socket = connect({
          host: "127.0.0.1",
          port: kept,
          ca: rsyslog.authority("site"),
          checkServerIdentity: () => undefined,
          ...own,
        });
        socket.on("secureConnect", () => socket.write(framed(line(name))));
        socket.on("error", () => resolve());
        socket.on("close", () => resolve());
        setTimeout(() => socket.end(), 2000);
      });
    await expect
      .poll(() => sent(worker().name, "site").then(() => store.found('app_name:"stranger"')), patient)
      .not.toEqual([]);
    await sent("nobody");
    await sent("another.machine", "site");
    await sent(plane().name, "other");
    await sent(worker().name, "site");
    await expect.poll(async () => (await store.found('app_name:"stranger"')).length, patient).toBeGreaterThan(1);
    expect(new Set((await store.found('app_name:"stranger"')).map(({ hostname }) => hostname))).toEqual(
      new Set([worker().name]),
    );
    expect(to.said).toContain("not permitted to talk to it");
  });

  it.each(["wrong-server", "forged-server"] as const)(
    "are not sent to an owner's server with the certificate of a %s, and all the same kept",
    async (certificate) => {
      const [from, to] = [sender(worker()), sender(plane())];
      owner.start(certificate);
      to.start();
      from.start();
      new ContainerLog(from, "wary", certificate, certificate).say("a secret of the shop");
      await expect.poll(() => store.texts(certificate).then(({ size }) => size), patient).toBe(1);
      await expect.poll(() => told(from)["waiting elsewhere"], patient).toBe(1);
      expect(owner.received).toBe("");
    },
  );

  it("wait for who does not take them, are told as that, and all arrive in the end; nobody else waits", async () => {
    const [from, to] = [sender(worker()), sender(plane())];
    to.start();
    from.start();
    const log = new ContainerLog(from, "waits", "waiter", "waiter");
    const lines = (first: number) => Array.from({ length: 500 }, (_, i) => `line ${first + i}`);
    log.say(...lines(0));
    await expect.poll(() => store.texts("waiter").then(({ size }) => size), patient).toBe(500);
    await expect.poll(() => told(from)["waiting elsewhere"], patient).toBe(500);
    // The second control plane is not there.
    expect(told(from)).toMatchObject({
      [`waiting ${plane().name}`]: 0,
      "waiting shop-control-plane-b": 500,
      "lost_total elsewhere": 0,
    });
    await from.stop();
    await store.stop();
    from.start();
    log.say(...lines(500));
    await expect.poll(() => told(to)["waiting store"], patient).toBe(500);
    await store.again();
    owner.start();
    await expect.poll(() => store.texts("waiter").then(({ size }) => size), patient).toBe(1000);
    await expect.poll(() => new Set(owner.received.match(/line \d+$/gm)).size, patient).toBe(1000);
    await expect.poll(() => told(from)["waiting elsewhere"], patient).toBe(0);
    await expect.poll(() => told(to)["waiting store"], patient).toBe(0);
  });

  it("are lost, and counted, where more waits than may, and take no more of the disk than they may", async () => {
    const [from, to] = [sender(worker(), { small: true }), sender(plane())];
    to.start();
    from.start();
    const log = new ContainerLog(from, "flood", "flooder", "flooder");
    for (let i = 0; i < 120; i++)
      log.say(...Array.from({ length: 100 }, (_, j) => `${i * 100 + j} ${"x".repeat(100)}`));
    await expect
      .poll(() => store.texts("flooder").then(({ size }) => size), { ...patient, timeout: 100_000 })
      .toBe(12_000);
    await expect.poll(() => told(from)["lost_total elsewhere"], patient).toBeGreaterThan(1000);
    const spool = readdirSync(from.at(LOG_SENDER_DATA)).filter((name) => name.startsWith("elsewhere"));
    const bytes = spool.reduce((sum, name) => sum + statSync(from.at(join(LOG_SENDER_DATA, name))).size, 0);
    expect(bytes).toBeGreaterThan(500_000);
    expect(bytes).toBeLessThan(1.5 * 2 ** 20);
    expect(told(from)[`lost_total ${plane().name}`]).toBe(0);
  });
});

/** An API server that writes its audit log there, by the site's policy. */
async function auditedApi(folder: string): Promise<ApiServer> {
  const flags = new Map(apiServerFlags(plan).map(({ name, value }) => [name, value]));
  flags.set("audit-log-path", join(folder, "audit.log"));
  flags.set("audit-policy-file", join(folder, "policy.yaml"));
  writeFileSync(join(folder, "policy.yaml"), auditPolicy(plan));
  return ApiServer.start(
    [...flags].filter(([name]) => name.startsWith("audit-")).map(([name, value]) => `--${name}=${value}`),
  );
}
