import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, parseDocument } from "yaml";
import type { DatedCertificate } from "../../cli/certificates/command";
import { repository } from "../../lab/toolchain/artifact";
import { Traffic } from "../../lab/traffic";
import { generationName, ROTATED } from "../../site/description/rotation";
import { PHASES } from "../../site/description/schema/pki";
import { cutOff } from "../support/lab/cutOff";
import { attempt, demo, labName, RunningSite, until } from "../support/lab/site";

// S2, S3, S6: certificates are renewed, and every authority and key is rotated, while clients use the API.

let site: RunningSite;
let traffic: Traffic | undefined;
const folder = mkdtempSync(join(tmpdir(), "groundwork-rotation-"));

/** The generation that everything has when the file begins, and the next one. */
let before: number;
let next: number;

beforeAll(async () => {
  site = await RunningSite.open();
  const { config } = parse(readFileSync(site.stack.configFile ?? "", "utf8"));
  before = config["groundwork:site"].pki?.rotation?.cluster?.generation ?? 1;
  next = before + 1;
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
});
afterAll(async () => {
  await traffic?.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Phase = (typeof PHASES)[number];
const rotated = (Object.keys(ROTATED) as (keyof typeof ROTATED)[]).filter((id) => id !== "networkStore");

/** The demo's stack file with a block `pki`. */
function stackWith(name: string, pki: unknown): string {
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  document.setIn(["config", "groundwork:site", "pki"], pki);
  const file = join(folder, `Pulumi.${name}.yaml`);
  writeFileSync(file, document.toString({ lineWidth: 0 }));
  return file;
}
/** The same step for everything. */
const rotation = (generation: number, phase: Phase) =>
  Object.fromEntries(rotated.map((id) => [id, { generation, phase }]));
const rotationTo = (phase: Phase) => stackWith(phase, { rotation: rotation(next, phase) });

async function certificates(): Promise<DatedCertificate[]> {
  const args = ["cli/groundwork.cjs", "certificates", "--stack", labName, "--json"];
  const { stdout, code, text } = await attempt("node", args, { env: site.environment });
  expect(code, text).toBe(0);
  return JSON.parse(stdout);
}

/** What each TLS port of the site shows: `address:port` → the issuer's name and the serial number. */
async function shown(): Promise<Map<string, { issuer: string; serial: string }>> {
  const of = (ports: number[], ...roles: Parameters<RunningSite["machines"]>) =>
    site.machines(...roles).flatMap(({ address }) => ports.map((port) => `${address}:${port}`));
  const ports = [
    ...of([2379, 2380], "etcd"),
    ...of([6443, 10250], "control-plane"),
    ...of([10250], "worker"),
    `${site.plan.vip}:6443`,
  ];
  const seen = await Promise.all(
    ports.map(async (port) => {
      const { stdout } = await attempt("openssl", ["s_client", "-connect", port], { seconds: 20 });
      const args = ["x509", "-noout", "-issuer", "-serial"];
      const { stdout: read } = await attempt("openssl", args, { input: stdout });
      const [, issuer = "none"] = /CN ?= ?(\S+)/.exec(read) ?? [];
      const [, serial = "none"] = /serial=(\w+)/.exec(read) ?? [];
      return [port, { issuer, serial }] as const;
    }),
  );
  return new Map(seen);
}

/** What the API says to who has a service account's token. */
function statusWith(token: string, address = site.plan.vip): Promise<string> {
  const args = ["-skS", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}", "-H", `Authorization: Bearer ${token}`];
  return until(`an answer from ${address}`, 30, async () => {
    const { code, stdout, stderr } = await attempt("curl", [...args, `https://${address}:6443/api`]);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  });
}

/** Pods of the cluster's own that run since before a moment, without those that a kubelet runs for itself. */
async function olderPods(moment: number): Promise<string[]> {
  interface Pod {
    metadata: {
      name: string;
      creationTimestamp: string;
      deletionTimestamp?: string;
      ownerReferences?: { kind: string }[];
    };
  }
  const { items } = await site.kubectlJson<{ items: Pod[] }>("-n", "kube-system", "get", "pods");
  return items
    .map(({ metadata }) => metadata)
    .filter(({ ownerReferences }) => !ownerReferences?.some(({ kind }) => kind === "Node"))
    .filter(({ creationTimestamp, deletionTimestamp }) => !deletionTimestamp && Date.parse(creationTimestamp) < moment)
    .map(({ name }) => name);
}

const newToken = async () => (await site.kubectl("create", "token", "default", "--duration=24h")).trim();

/** Changes the site, and returns how many seconds it took. */
async function up(stack: string): Promise<number> {
  const begun = Date.now();
  const { code, text } = await demo("--stack", stack);
  expect(code, text).toBe(0);
  site = await RunningSite.open();
  return secondsSince(begun);
}

const secondsSince = (begun: number) => Math.round((Date.now() - begun) / 1000);

/** Starts an `up` that loses its power in the middle of the first control plane's change. Returns after how many seconds. */
async function killedUp(stack: string): Promise<number> {
  const begun = Date.now();
  await cutOff(labName, { sign: /remote:Command \S+-control-plane-a updating/, after: 6000 }, "--stack", stack);
  return secondsSince(begun);
}

/** The writer's and the reader's findings, as they must be for planned work. */
async function judged(what: string): Promise<void> {
  const report = await traffic?.stop();
  traffic = undefined;
  if (!report) throw new Error("there was no traffic");
  console.log(`${what}: ${JSON.stringify(report)}`);
  expect(report.lost).toEqual([]);
  expect(report.longestWriteGap).toBeLessThanOrEqual(10_000);
  expect(report.longestReadGap).toBeLessThanOrEqual(10_000);
  expect(report.perSecond).toBeGreaterThanOrEqual(5);
  expect(await site.etcdHashes()).toHaveLength(1);
}

describe("certificates in their early-renewal window (S2)", () => {
  test("are renewed by `up` and shown on every port, while clients use the API", async () => {
    const [old, ports] = [await certificates(), await shown()];
    traffic = await Traffic.start(site.paths.kubeconfig);
    const took = await up(stackWith("due", { earlyRenewalHours: 8760, rotation: rotation(before, "drop") }));
    console.log(`renewal of all certificates: \`up\` took ${took} s`);
    const after = new Map((await certificates()).map((each) => [each.id, each]));
    for (const { id, expires, authority } of old) {
      const renewed = Date.parse(after.get(id)?.expires ?? "") - Date.parse(expires);
      if (id === generationName(`${authority}-ca`, before)) expect(renewed, id).toBe(0);
      else expect(renewed, id).toBeGreaterThan(0);
    }
    for (const [port, { serial }] of await shown()) expect(ports.get(port)?.serial, port).not.toBe(serial);
    await judged("renewal of all certificates");
  });
});

describe("a rotation of all authorities and keys (S3)", () => {
  let token: string;

  test("that skips a phase is refused with the reason, and nothing is changed", async () => {
    const { code, text } = await demo("--stack", rotationTo("reissue"));
    expect(code).not.toBe(0);
    for (const id of rotated)
      expect(text).toContain(
        `pki.rotation.${id}: ${ROTATED[id]} stands at generation ${before}, phase drop; generation ${next}, phase reissue would skip a phase, and machines would not trust each other; set {generation: ${next}, phase: trust}`,
      );
  });

  test.each(PHASES)("%s: an `up` that is killed is taken up by the next one; nobody notices", async (phase) => {
    traffic ??= await Traffic.start(site.paths.kubeconfig);
    token ||= await newToken();
    const stack = rotationTo(phase);
    const begun = Date.now();
    const killedAfter = await killedUp(stack);
    console.log(`${phase}: \`up\` killed after ${killedAfter} s; the next one took ${await up(stack)} s`);
    for (const { address } of site.machines("control-plane"))
      expect(await statusWith(token, address), address).toBe(phase === "drop" ? "401" : "200");
    expect(await statusWith(await newToken())).toBe("200");
    const generation = phase === "trust" ? before : next;
    for (const [port, { issuer }] of await shown())
      expect([generationName("kubernetes-ca", generation), generationName("etcd-ca", generation)], port).toContain(
        issuer,
      );
    if (phase !== "drop") expect(await olderPods(begun)).toEqual([]);
    await site.healthy();
  });

  test("lost no write, and the members' data is the same", async () => {
    await judged("rotation of three authorities and two keys in three phases, each killed once");
  });

  test("leaves nothing of the generation before", async () => {
    for (const { id, issuer } of await certificates()) {
      expect(issuer, id).toMatch(new RegExp(`-${next}$`));
      if (before > 1) expect(id).not.toMatch(new RegExp(`-ca-${before}$`));
      expect(id).not.toMatch(/-ca$/);
    }
    const values = await site.etcdctl("get", "/registry/secrets/", "--prefix", "--write-out=fields");
    const encrypted = values.split("\n").filter((line) => line.startsWith('"Value"'));
    expect(encrypted.length).toBeGreaterThan(0);
    for (const line of encrypted) expect(line.slice(0, 60)).toContain(`k8s:enc:secretbox:v1:encryption-${next}:`);
    const told = await site.kubectl(
      "-n",
      "kube-system",
      "get",
      "configmap",
      "extension-apiserver-authentication",
      "-o",
      "yaml",
    );
    expect(told.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    await until("the metrics API", 120, () => site.kubectl("top", "nodes"));
  });

  test("changes nothing when it is done again", async () => {
    const { code, stdout, stderr } = await site.pulumi("preview", "--expect-no-changes");
    expect(code, stdout + stderr).toBe(0);
  });
});
