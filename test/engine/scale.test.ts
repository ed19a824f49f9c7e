import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { Pod } from "../../cli/scale/kubernetes";
import type { Proposal } from "../../cli/scale/model";
import { repository } from "../../lab/toolchain/artifact";
import { parseSite } from "../../site/description/parse";
import { appliedOf } from "../../site/life/applied";
import { planSite } from "../../site/plan/plan";
import { ApiServer } from "../support/apiServer";
import { Project } from "../support/project";
import { site, threeHosts } from "../support/sites";

// A real API with Kubernetes' own scheduler, and nodes that are objects and nothing else: what it says of pods is what `scale` reads.

const described = site(threeHosts, {
  workers: [{ name: "general", count: 2, cpus: 4, memoryGiB: 8, scale: { minimum: 2, maximum: 3 } }],
});
const CONFIG = "site.yaml";
const pki = mkdtempSync(join(tmpdir(), "groundwork-scale-"));
const beats: NodeJS.Timeout[] = [];
let api: ApiServer;
let project: Project;

beforeAll(async () => {
  writePki();
  const at = (name: string) => join(pki, name);
  api = await ApiServer.start([
    `--client-ca-file=${at("ca.crt")}`,
    `--tls-cert-file=${at("server.crt")}`,
    `--tls-private-key-file=${at("server.key")}`,
  ]);
  for (const name of ["shop-general-a", "shop-general-b"]) await makeNode(name);
  await api.schedule();
  const spec = parseSite(described);
  project = await Project.create({
    files: {
      "index.ts": `
        import * as pulumi from "@pulumi/pulumi";
        export const kubeconfig = pulumi.secret(${JSON.stringify(kubeconfig())});
        export const standing = ${JSON.stringify(appliedOf(planSite(spec)))};`,
      [CONFIG]: `# the shop\n${stringify({ config: { "groundwork:site": described } })}`.replace(
        "count: 2\n",
        "count: 2 # for now\n",
      ),
    },
  });
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
});
afterAll(async () => {
  for (const beat of beats) clearInterval(beat);
  project?.remove();
  await api?.remove();
  rmSync(pki, { recursive: true, force: true });
});

describe("groundwork scale at a real API (W4)", () => {
  it("proposes nothing where nothing waits", async () => {
    const { code, stdout } = await scale();
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^general +2 +2 +pods ask for 0 % of its memory; 2 is its minimum$/m),
    ]);
    expect(stdout).toContain("nobody measured what pods use");
  });

  it("proposes a worker for a pod that the scheduler finds no CPUs for, and writes it where it is told to", async () => {
    await deploy(3, "2500m");
    await until("one of three waits", async () => (await waiting()) === 1);
    const before = readFileSync(join(project.folder, CONFIG), "utf8");
    const { code, stdout } = await scale("--json");
    const { pools } = JSON.parse(stdout) as Proposal;
    expect([code, pools]).toEqual([
      1,
      [
        {
          pool: "general",
          now: 2,
          proposed: 3,
          why: expect.stringMatching(
            /^1 pod waits for 2.5 CPUs and 0 GiB: default\/web-\S+; without esx-\d 1 pod would find no room; 3 is its maximum$/,
          ),
        },
      ],
    ]);
    expect(readFileSync(join(project.folder, CONFIG), "utf8")).toBe(before);
    expect((await scale("--write")).code).toBe(1);
    expect(readFileSync(join(project.folder, CONFIG), "utf8")).toBe(before.replace("count: 2 #", "count: 3 #"));
  });

  it("judges nothing until that is brought up", async () => {
    const { code, stdout } = await scale();
    expect([code, stdout]).toEqual([
      2,
      expect.stringContaining("3 are described and 2 are there: bring the description up first"),
    ]);
  });

  it("proposes nothing once the pods run, and one worker fewer once they are gone", async () => {
    await makeNode("shop-general-c");
    await until("none waits", async () => (await waiting()) === 0);
    expect((await scale()).code).toBe(0);
    await removePods();
    const { code, stdout } = await scale();
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^general +3 +2 +all that runs has room to spare on 2, without any one host, too$/m),
    ]);
  });

  it("does not let go of a worker with a volume", async () => {
    await api.create({
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "kept" },
      spec: {
        capacity: { storage: "1Gi" },
        accessModes: ["ReadWriteOnce"],
        local: { path: "/data" },
        claimRef: { namespace: "default", name: "data" },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["shop-general-c"] }] },
            ],
          },
        },
      },
    });
    const { code, stdout } = await scale();
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("shop-general-c holds a volume, which would end with it: kept (claim default/data)"),
    ]);
  });

  it("says so where the API does not answer, or no pool may be scaled", async () => {
    const file = join(project.folder, "fixed.yaml");
    const workers = [{ name: "general", count: 2, cpus: 4, memoryGiB: 8 }];
    writeFileSync(file, stringify({ config: { "groundwork:site": { ...described, workers } } }));
    const none = await scale("--config-file", "fixed.yaml");
    expect([none.code, none.stderr]).toEqual([
      2,
      "workers: no pool has a minimum and a maximum; give one scale: {minimum, maximum}\n",
    ]);
    await api.remove();
    const { code, stderr } = await scale();
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^the cluster's API: .*ECONNREFUSED.*; see `groundwork status`/),
    ]);
  });
});

function scale(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const config = args.includes("--config-file") ? [] : ["--config-file", CONFIG];
  const command = [join(repository, "cli/groundwork.cjs"), "scale", "--stack", "test", ...config, ...args];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, { cwd: project.folder, env: project.env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

function deploy(replicas: number, cpu: string): Promise<void> {
  const labels = { app: "web" };
  const containers = [{ name: "web", image: "web:1", resources: { requests: { cpu } } }];
  return api.create({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
}

/** No kubelet says that they have ended. */
async function removePods(): Promise<void> {
  await api.kubectl("delete", "deployment", "web");
  await until("the pods are gone", async () => {
    await api.kubectl("delete", "pods", "-l", "app=web", "--force", "--grace-period=0");
    return (await podsOfWeb()).length === 0;
  });
}

/** How many of three pods the scheduler found no node for; as long as it has not looked at all of them, -1. */
async function waiting(): Promise<number> {
  const reasons = (await podsOfWeb()).map(({ spec, status }) => {
    const scheduled = status.conditions?.find(({ type }) => type === "PodScheduled");
    return spec.nodeName === undefined ? scheduled?.reason : "Scheduled";
  });
  if (reasons.length !== 3 || reasons.includes(undefined)) return -1;
  return reasons.filter((reason) => reason === "Unschedulable").length;
}

async function podsOfWeb(): Promise<Required<Pod>[]> {
  const list = await api.kubectl("get", "pods", "-l", "app=web", "-o", "json");
  return (JSON.parse(list) as { items: Required<Pod>[] }).items;
}

async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await ask()) return;
    await sleep(500);
  }
  throw new Error(what);
}

/** A node that is Ready for as long as the test runs. */
async function makeNode(name: string): Promise<void> {
  await api.create({ apiVersion: "v1", kind: "Node", metadata: { name, labels: { "kubernetes.io/hostname": name } } });
  const room = { cpu: "3900m", memory: "6Gi", pods: "50" };
  const beat = () =>
    api.kubectl("patch", "node", name, "--subresource=status", "-p", JSON.stringify({ status: statusNow() }));
  const statusNow = () => ({
    capacity: room,
    allocatable: room,
    conditions: [{ type: "Ready", status: "True", reason: "Test", lastHeartbeatTime: new Date().toISOString() }],
  });
  await beat();
  beats.push(setInterval(() => void beat().catch(() => {}), 10_000));
}

/** For whom the API takes for an administrator, by a certificate, as a site's own kubeconfig is. */
function kubeconfig(): string {
  const data = (name: string) => readFileSync(join(pki, name)).toString("base64");
  const cluster = { server: `https://127.0.0.1:${api.port}`, "certificate-authority-data": data("ca.crt") };
  const user = { "client-certificate-data": data("admin.crt"), "client-key-data": data("admin.key") };
  return stringify({ clusters: [{ name: "shop", cluster }], users: [{ name: "admin", user }] });
}

function writePki(): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
  const files = (name: string) => ["-keyout", join(pki, `${name}.key`), "-out", join(pki, `${name}.crt`)];
  openssl("req", "-x509", ...key, "-subj", "/CN=ca", ...files("ca"));
  const signed = ["-CA", join(pki, "ca.crt"), "-CAkey", join(pki, "ca.key")];
  const usage = ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "extendedKeyUsage=serverAuth,clientAuth"];
  openssl("req", "-x509", ...key, ...usage, ...signed, "-subj", "/CN=server", ...files("server"));
  openssl("req", "-x509", ...key, ...usage, ...signed, "-subj", "/O=system:masters/CN=admin", ...files("admin"));
}
