import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { currentRelease, earlierRelease, type Release } from "../../image/programs/release";
import { repository } from "../../lab/toolchain/artifact";
import { Traffic } from "../../lab/traffic";
import { minorOf } from "../../site/description/version";
import { cutOff } from "../support/lab/cutOff";
import { attempt, type Ended, labName, RunningSite, until } from "../support/lab/site";

// Kubernetes 1.36 to 1.37 and etcd 3.6 to 3.7 under clients that never stop, in a lab of its own. The first `up` of the upgrade
// loses its power on the way, the second finds no template, others lose theirs in each later phase, the last one goes on to the end.

const lab = `${labName}-upgrade`;
const file = join("/tmp", `Pulumi.${lab}.yaml`);

let site: RunningSite;
let traffic: Traffic | undefined;

const run = (...args: string[]): Promise<Ended> =>
  attempt("node", ["lab/bootstrap.cjs", "lab/demo.ts", "--name", lab, ...args], { seconds: 1500 });

/** Writes the stack file: the demo's site, smaller, with these versions. */
function describeSite(release: Release, changes: { kubernetes?: string; template?: string } = {}): void {
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  const set = (path: string[], value: unknown) => document.setIn(["config", "groundwork:site", ...path], value);
  set(["kubernetes", "version"], changes.kubernetes ?? release.kubernetes.version);
  set(["etcd"], { members: 3, version: release.etcd.version });
  set(["hypervisor", "template"], changes.template ?? release.template);
  set(["workers"], [{ name: "general", count: 1, cpus: 4, memoryGiB: 16 }]);
  // One worker goes with its host.
  document.deleteIn(["config", "groundwork:site", "workload"]);
  writeFileSync(file, document.toString(), { mode: 0o600 });
}

async function expectVersions(release: Release): Promise<void> {
  const { items } = await site.kubectlJson<{ items: { status: { nodeInfo: Record<string, string> } }[] }>(
    "get",
    "nodes",
  );
  const nodes = site.machines("control-plane", "worker");
  const version = `v${release.kubernetes.version}`;
  expect(items.map(({ status }) => status.nodeInfo.kubeletVersion)).toEqual(nodes.map(() => version));
  for (const { address } of site.machines("control-plane"))
    expect(await site.kubectl(`--server=https://${address}:6443`, "get", "--raw=/version")).toContain(version);
  const status = JSON.parse(await site.etcdctl("endpoint", "status", "-w", "json")) as {
    Status: { version: string };
  }[];
  expect(status.map(({ Status }) => Status.version)).toEqual(site.machines("etcd").map(() => release.etcd.version));
}

/** kube-proxy of every node, `node image ready`. */
async function proxies(): Promise<string[]> {
  const row = '{.spec.nodeName} {.spec.containers[0].image} {.status.containerStatuses[0].ready}{"\\n"}';
  const path = `jsonpath={range .items[*]}${row}{end}`;
  const text = await site.kubectl("-n", "kube-system", "get", "pods", "-l", "k8s-app=kube-proxy", "-o", path);
  return text.split("\n").filter(Boolean).sort();
}

beforeAll(async () => {
  await run("--destroy");
  describeSite(earlierRelease);
  const { code, text } = await run("--stack", file);
  expect(code, text).toBe(0);
  site = await RunningSite.open(lab);
});

afterAll(async () => {
  await traffic?.stop().catch(() => undefined);
  await run("--destroy");
});

test("a site starts with the versions of its template", async () => {
  await expectVersions(earlierRelease);
});

test("what must not be upgraded is refused before anything is touched (R7)", async () => {
  const refusal = async (...args: Parameters<typeof describeSite>): Promise<string> => {
    describeSite(...args);
    const { code, text } = await run("--stack", file);
    expect(code).not.toBe(0);
    return text;
  };
  const [runs, next] = [earlierRelease.kubernetes.version, currentRelease.kubernetes.version];
  const minor = Number(runs.split(".")[1]);
  expect(await refusal(currentRelease, { kubernetes: `1.${minor + 2}.0` })).toContain(
    `kubernetes.version: Kubernetes ${runs} runs and 1.${minor + 2}.0 skips ${minorOf(next)}`,
  );
  expect(await refusal(earlierRelease, { kubernetes: `1.${minor - 1}.8` })).toContain(
    `kubernetes.version: Kubernetes ${runs} runs and 1.${minor - 1}.8 is older`,
  );
  expect(await refusal(currentRelease, { template: earlierRelease.template })).toContain(
    `hypervisor.template: the machines were made from ${earlierRelease.template}, which holds Kubernetes ${runs}`,
  );
});

test("an upgrade that is cut off leaves a site that serves, and a snapshot from before it", async () => {
  traffic = await Traffic.start(site.paths.kubeconfig);
  describeSite(currentRelease);
  await cutOff(lab, { sign: /remote:Command \S+-etcd-b creating/, after: 3000 }, "--stack", file);
  const [keeper] = site.machines("control-plane").slice(-1);
  const saved = await site.ssh(keeper?.name ?? "", "ls -t /var/lib/groundwork/snapshots");
  const [newest = ""] = saved.split("\n");
  const status = await site.ssh(
    keeper?.name ?? "",
    `etcdutl snapshot status -w json /var/lib/groundwork/snapshots/${newest}`,
  );
  expect(JSON.parse(status).totalKey).toBeGreaterThan(100);
  console.log(`cut off after etcd-a; snapshot ${newest}: ${status.trim()}`);
}, 1_500_000);

test("a template that is gone meanwhile is named, and what runs goes on", async () => {
  const rename = (from: string, to: string) => site.run("govc", ["object.rename", `/DC0/vm/${from}`, to]);
  const away = `${currentRelease.template}-away`;
  await rename(currentRelease.template, away);
  const { code, text } = await run("--stack", file);
  await rename(away, currentRelease.template);
  expect(code).not.toBe(0);
  expect(text).toContain(`hypervisor.template: template ${currentRelease.template} not found in DC0`);
});

test.each([
  ["load balancers", /remote:Command \S+-load-balancer-b creating/],
  ["control planes", /remote:Command \S+-control-plane-b creating/],
  ["workers", /VirtualMachine \S+-general-a deleted original/],
])(
  "the next `up` goes on, and is cut off among the %s",
  async (_, sign) => {
    await cutOff(lab, { sign, after: 1500 }, "--stack", file);
  },
  900_000,
);

test("the next `up` goes on to the end while clients write and read (O4)", async () => {
  const begun = Date.now();
  const { code, text } = await run("--stack", file);
  expect(code, text).toBe(0);
  console.log(`the upgrade from there took ${Math.round((Date.now() - begun) / 1000)} s`);
  const report = await (traffic as Traffic).stop();
  traffic = undefined;
  console.log(`upgrade: ${JSON.stringify(report, null, 1)}`);
  expect(report.lost).toEqual([]);
  expect(report.perSecond).toBeGreaterThanOrEqual(5);
  expect(report.longestWriteGap).toBeLessThanOrEqual(10_000);
  expect(report.longestReadGap).toBeLessThanOrEqual(10_000);
}, 1_500_000);

test("every node and every member is of the new version", async () => {
  site = await RunningSite.open(lab);
  await site.healthy();
  await expectVersions(currentRelease);
});

test("every node has the kube-proxy of its version, and that of before is gone", async () => {
  const image = `registry.k8s.io/kube-proxy:v${currentRelease.kubernetes.version}`;
  const wanted = site.machines("control-plane", "worker").map(({ name }) => `${name} ${image} true`);
  await until("every kube-proxy is ready", 60, async () =>
    (await proxies()).join("\n") === wanted.sort().join("\n") ? true : undefined,
  );
  const sets = await site.kubectl("-n", "kube-system", "get", "daemonsets", "-l", "k8s-app=kube-proxy", "-o", "name");
  expect(sets.trim()).toBe(`daemonset.apps/kube-proxy-${currentRelease.kubernetes.version}`);
});

test("the members agree on every revision", async () => {
  const hashes = await until("equal revisions", 30, async () => {
    const found = JSON.parse(await site.etcdctl("endpoint", "hashkv", "-w", "json")) as {
      HashKV: { hash: number; hash_revision: number };
    }[];
    return new Set(found.map(({ HashKV }) => HashKV.hash_revision)).size === 1 ? found : undefined;
  });
  expect(hashes.length).toBe(3);
  expect(new Set(hashes.map(({ HashKV }) => HashKV.hash)).size).toBe(1);
});

test("nothing is left to change, and nothing goes back", async () => {
  const unchanged = await site.pulumi("preview", "--expect-no-changes");
  expect(unchanged.code, unchanged.stdout + unchanged.stderr).toBe(0);
  describeSite(earlierRelease);
  const { code, text } = await run("--stack", file);
  expect(code).not.toBe(0);
  expect(text).toContain(
    `kubernetes.version: Kubernetes ${currentRelease.kubernetes.version} runs and ${earlierRelease.kubernetes.version} is older`,
  );
  expect(text).toContain(
    `etcd.version: etcd ${currentRelease.etcd.version} runs and ${earlierRelease.etcd.version} is older`,
  );
});
