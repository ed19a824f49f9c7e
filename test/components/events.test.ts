import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { etcd, kubernetes } from "../../image/programs/upstream";
import { ensure } from "../../lab/toolchain/artifact";
import { apiServerFlags } from "../../site/render/apiServer";
import { etcdEndpoints } from "../../site/render/etcd";
import { planned } from "../support/planning";
import { site, threeHosts } from "../support/sites";
import { freePort } from "../support/sshd";

const folder = mkdtempSync(join(tmpdir(), "groundwork-events-"));
const children: ChildProcess[] = [];
const endpoints = { etcd: "", events: "" };
let [stores, binaries] = ["", ""];

function start(program: string, flags: Record<string, string>): void {
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  children.push(spawn(program, args, { stdio: "ignore" }));
}

async function startStore(name: keyof typeof endpoints): Promise<void> {
  const [client, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  endpoints[name] = client;
  start(join(stores, "etcd"), {
    "data-dir": join(folder, name),
    "listen-client-urls": client,
    "advertise-client-urls": client,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "initial-cluster": `default=${peer}`,
  });
}

async function kubectl(...args: string[]): Promise<string> {
  const kubeconfig = ["--kubeconfig", join(folder, "kubeconfig")];
  return (await promisify(execFile)(join(binaries, "kubectl"), [...kubeconfig, ...args])).stdout;
}

async function keys(store: keyof typeof endpoints, prefix: string): Promise<string[]> {
  const args = [`--endpoints=${endpoints[store]}`, "get", prefix, "--prefix", "--keys-only"];
  return (await promisify(execFile)(join(stores, "etcdctl"), args)).stdout.split("\n").filter(Boolean);
}

/** The flag as the plan of a site with a store for events renders it, for the two stores that run here. */
function override(): string {
  const { plan } = planned(site(threeHosts, { etcd: { events: {} } }));
  const flag = apiServerFlags(plan).find(({ name }) => name === "etcd-servers-overrides")?.value ?? "";
  const [first = "", ...others] = etcdEndpoints(plan, "events");
  return others.reduce((text, other) => text.replace(`;${other}`, ""), flag).replace(first, endpoints.events);
}

beforeAll(async () => {
  [stores, binaries] = [await ensure(etcd), await ensure(kubernetes)];
  await startStore("etcd");
  await startStore("events");
  const port = await freePort();
  const path = (name: string) => join(folder, name);
  writeFileSync(path("tokens"), 'token,admin,admin,"system:masters"\n', { mode: 0o600 });
  execFileSync("openssl", ["genrsa", "-out", path("sa.key"), "2048"], { stdio: "pipe" });
  const cluster = { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true };
  writeFileSync(
    path("kubeconfig"),
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "test", cluster }],
      users: [{ name: "admin", user: { token: "token" } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
      "current-context": "test",
    }),
  );
  start(join(binaries, "kube-apiserver"), {
    "etcd-servers": endpoints.etcd,
    "etcd-servers-overrides": override(),
    "bind-address": "127.0.0.1",
    "secure-port": `${port}`,
    "cert-dir": path("certs"),
    "token-auth-file": path("tokens"),
    "service-account-key-file": path("sa.key"),
    "service-account-signing-key-file": path("sa.key"),
    "service-account-issuer": "https://kubernetes.default.svc",
    "authorization-mode": "RBAC",
    "service-cluster-ip-range": "10.0.0.0/24",
  });
  for (let i = 0; (await kubectl("get", "--raw", "/readyz").catch(() => "")) !== "ok"; i++) {
    if (i > 240) throw new Error("the API server is not ready");
    await sleep(250);
  }
});

afterAll(async () => {
  for (const child of children) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

describe("a store for events (L9)", () => {
  it("has the events, and nothing else; the cluster's store has everything else", async () => {
    const event = {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "storm", namespace: "default" },
      involvedObject: { kind: "Pod", namespace: "default", name: "none" },
      reason: "Storm",
      type: "Normal",
    };
    writeFileSync(join(folder, "event.json"), JSON.stringify(event));
    await kubectl("create", "--filename", join(folder, "event.json"), "--validate=false");
    await kubectl("create", "configmap", "calm", "--namespace", "default");
    expect(await keys("events", "/registry/events/default/storm")).toEqual(["/registry/events/default/storm"]);
    expect((await keys("events", "/registry/")).filter((key) => !key.startsWith("/registry/events/"))).toEqual([]);
    expect(await keys("etcd", "/registry/events/")).toEqual([]);
    expect(await keys("etcd", "/registry/configmaps/default/calm")).toHaveLength(1);
  });
});
