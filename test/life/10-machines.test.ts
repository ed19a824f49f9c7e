import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import { Traffic, type TrafficReport } from "../../lab/traffic";
import { demo, type Ended, labIsKept, RunningSite, until } from "../lab/site";

// O4, O5: what is done to the machines of a site in years, while clients use it.

const folder = mkdtempSync(join(tmpdir(), "groundwork-life-"));
const stack = join(folder, "Pulumi.changed.yaml");
const labels = { app: "shop" };
/** Three pods that nothing but their budget holds. */
const workload = {
  apiVersion: "v1",
  kind: "List",
  items: [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "shop", namespace: "default" },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [{ name: "shop", image: "registry.k8s.io/pause:3.10.2", imagePullPolicy: "Never" }],
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: "kubernetes.io/hostname",
                whenUnsatisfiable: "ScheduleAnyway",
                labelSelector: { matchLabels: labels },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "shop", namespace: "default" },
      spec: { minAvailable: 1, selector: { matchLabels: labels } },
    },
  ],
};
/** Longer than pods take to end in good order. A machine that goes is held to what was described when it was changed last. */
const drainSeconds = 45;
/** Milliseconds that clients may wait for planned work, at most. */
const planned = 10_000;

let site: RunningSite;
beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  await site.run("kubectl", ["apply", "--filename", "-"], { input: JSON.stringify(workload) });
  await site.run("kubectl", ["wait", "--for=condition=Available", "deployment/shop", "--timeout=60s"]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await site.attempt("kubectl", ["delete", "deployment/shop", "poddisruptionbudget/shop"]);
  if (labIsKept) await demo();
});

describe("while clients write and read through the virtual address", () => {
  test("five members, three control planes and three workers come of three, two and two", async () => {
    const { ended, report } = await changed({ members: 5, controlPlanes: 3, workers: 3, drainSeconds });
    expect(ended.code, ended.text).toBe(0);
    unharmed("more machines", report);
    site = await RunningSite.open();
    await site.healthy();
    expect((await members()).map(({ name }) => name)).toEqual(site.machines("etcd").map(({ name }) => name));
    expect(await site.etcdHashes()).toHaveLength(1);
  });

  test("a worker whose pods may not leave stops the change, and stays", async () => {
    // Pods that run stay where they are: new ones are spread over all three workers.
    for (const replicas of [0, 3]) await site.run("kubectl", ["scale", "deployment/shop", `--replicas=${replicas}`]);
    await site.run("kubectl", ["rollout", "status", "deployment/shop", "--timeout=60s"]);
    const placed = await site.kubectl("get", "pods", "-l", "app=shop", "-o", "jsonpath={.items[*].spec.nodeName}");
    expect(placed).toContain("demo-general-c");
    await site.run("kubectl", ["patch", "poddisruptionbudget/shop", "--patch", '{"spec":{"minAvailable":3}}']);
    const { ended, report } = await changed({ members: 5, controlPlanes: 3, workers: 2, drainSeconds });
    expect(ended.code).toBe(1);
    expect(ended.text).toContain(`demo-general-c: not drained within ${drainSeconds} s, so it stays in service:`);
    expect(ended.text).toContain("PodDisruptionBudget default/shop allows no disruption");
    unharmed("a blocked drain", report);
    const { items } = await site.kubectlJson<{ items: { spec: { unschedulable?: boolean } }[] }>("get", "nodes");
    expect(items).toHaveLength(6);
    expect(items.filter(({ spec }) => spec.unschedulable)).toEqual([]);
  });

  test("three, two and two are left, each made anew in a smaller size, one after another", async () => {
    await site.run("kubectl", ["patch", "poddisruptionbudget/shop", "--patch", '{"spec":{"minAvailable":1}}']);
    const before = await machineIds();
    const memoryGiB = { members: 6, controlPlanes: 7, workers: 15 };
    const { ended, report } = await changed({ members: 3, controlPlanes: 2, workers: 2, drainSeconds, memoryGiB });
    expect(ended.code, ended.text).toBe(0);
    unharmed("everything made anew", report);
    site = await RunningSite.open();
    await site.healthy();
    const after = await machineIds();
    for (const { name } of site.machines("etcd", "control-plane", "worker"))
      expect(after[name], name).not.toBe(before[name]);
    for (const { name } of site.machines("load-balancer")) expect(after[name], name).toBe(before[name]);
    const names = (await members()).map(({ name }) => name);
    expect(names).toEqual(site.machines("etcd").map(({ name }) => name));
    expect(await site.etcdHashes()).toHaveLength(1);
    expect(takenTooEarly()).toEqual([]);
    await site.run("kubectl", ["wait", "--for=condition=Available", "deployment/shop", "--timeout=60s"]);
  });

  test("a second run changes nothing", async () => {
    const { code, stdout, stderr } = await site.pulumi("preview", "--expect-no-changes");
    expect(code, stdout + stderr).toBe(0);
  });
});

interface Change {
  members: number;
  controlPlanes: number;
  workers: number;
  drainSeconds?: number;
  memoryGiB?: { members: number; controlPlanes: number; workers: number };
}

/** Changes the site's description, as its owner would, and brings the site to it. */
async function changed(change: Change): Promise<{ ended: Ended; report: TrafficReport }> {
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  const set = (path: (string | number)[], value: unknown) =>
    value !== undefined && document.setIn(["config", "groundwork:site", ...path], value);
  set(["etcd", "members"], change.members);
  set(["controlPlanes", "count"], change.controlPlanes);
  set(["workers", 0, "count"], change.workers);
  set(["kubernetes", "drainSeconds"], change.drainSeconds);
  set(["etcd", "memoryGiB"], change.memoryGiB?.members);
  set(["controlPlanes", "memoryGiB"], change.memoryGiB?.controlPlanes);
  set(["workers", 0, "memoryGiB"], change.memoryGiB?.workers);
  writeFileSync(stack, document.toString({ lineWidth: 0 }));
  const traffic = await Traffic.start(site.paths.kubeconfig);
  const ended = await demo("--stack", stack);
  return { ended, report: await traffic.stop() };
}

function unharmed(what: string, report: TrafficReport): void {
  console.log(
    `${what}: ${report.acknowledged} writes in ${report.seconds} s, ${report.perSecond} a second, ${report.lost.length} lost; ` +
      `longest gap ${report.longestWriteGap} ms for the writer, ${report.longestReadGap} ms for the reader`,
  );
  expect(report.lost).toEqual([]);
  expect(report.perSecond).toBeGreaterThanOrEqual(5);
  expect(Math.max(report.longestWriteGap, report.longestReadGap)).toBeLessThanOrEqual(planned);
}

/** Machines that were taken away before the one before was configured again, by Pulumi's own account. */
function takenTooEarly(): string[] {
  const wrong: string[] = [];
  let away: string | undefined;
  const log = readFileSync(join(site.paths.logs, "up.log"), "utf8");
  for (const [, gone, back] of log.matchAll(
    /VirtualMachine (\S+) deleted original|Command (\S+) created replacement/g,
  )) {
    if (gone !== undefined && away !== undefined) wrong.push(`${gone} while ${away} was away`);
    if (gone !== undefined) away = gone;
    else if (back === away) away = undefined;
  }
  return wrong;
}

async function members(): Promise<{ name: string }[]> {
  const { members } = JSON.parse(await site.etcdctl("member", "list", "-w", "json")) as {
    members: { name: string; isLearner?: boolean }[];
  };
  expect(members.filter(({ isLearner }) => isLearner)).toEqual([]);
  return members.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Ids of the virtual machines in the state, by name. */
async function machineIds(): Promise<Record<string, string>> {
  const resources = (await site.exported()) as { urn: string; type: string; id?: string }[];
  const machines = resources.filter(({ type }) => type === "vsphere:index/virtualMachine:VirtualMachine");
  return Object.fromEntries(machines.map(({ urn, id }) => [urn.split("::").at(-1) ?? "", id ?? ""]));
}
