import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demo, labIsKept, RunningSite, until } from "../support/lab/site";
import { changed, machineIds, memberNames, type Setting, takenTooEarly, unharmed } from "./change";

// O4, O5: what is done to the machines of a site in years, while clients use it.

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

let site: RunningSite;
beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  await site.run("kubectl", ["apply", "--filename", "-"], { input: JSON.stringify(workload) });
  await site.run("kubectl", ["wait", "--for=condition=Available", "deployment/shop", "--timeout=60s"]);
});
afterAll(async () => {
  await site.attempt("kubectl", ["delete", "deployment/shop", "poddisruptionbudget/shop"]);
  if (labIsKept) await demo();
});

describe("while clients write and read through the virtual address (O4, R1)", () => {
  test("five members, three control planes and three workers come of three, two and two", async () => {
    const { ended, report } = await changed(site, settings({ members: 5, controlPlanes: 3, workers: 3, drainSeconds }));
    expect(ended.code, ended.text).toBe(0);
    unharmed("more machines", report);
    site = await RunningSite.open();
    await site.healthy();
    expect(await memberNames(site)).toEqual(site.machines("etcd").map(({ name }) => name));
    expect(await site.etcdHashes()).toHaveLength(1);
  });

  test("a worker whose pods may not leave stops the change, and stays", async () => {
    // Pods that run stay where they are: new ones are spread over all three workers.
    for (const replicas of [0, 3]) await site.run("kubectl", ["scale", "deployment/shop", `--replicas=${replicas}`]);
    await site.run("kubectl", ["rollout", "status", "deployment/shop", "--timeout=60s"]);
    const placed = await site.kubectl("get", "pods", "-l", "app=shop", "-o", "jsonpath={.items[*].spec.nodeName}");
    expect(placed).toContain("demo-general-c");
    await site.run("kubectl", ["patch", "poddisruptionbudget/shop", "--patch", '{"spec":{"minAvailable":3}}']);
    const { ended, report } = await changed(site, settings({ members: 5, controlPlanes: 3, workers: 2, drainSeconds }));
    expect(ended.code).toBe(1);
    expect(ended.text).toContain(`demo-general-c: not drained within ${drainSeconds} s, so it stays in service:`);
    expect(ended.text).toContain("PodDisruptionBudget default/shop allows no disruption");
    unharmed("a blocked drain", report);
    const { items } = await site.kubectlJson<{ items: { spec: { unschedulable?: boolean } }[] }>("get", "nodes");
    expect(items).toHaveLength(6);
    expect(items.filter(({ spec }) => spec.unschedulable)).toEqual([]);
  });

  test("three, two and two are left, each replaced by a smaller size, one after another", async () => {
    await site.run("kubectl", ["patch", "poddisruptionbudget/shop", "--patch", '{"spec":{"minAvailable":1}}']);
    const before = await machineIds(site);
    const memoryGiB = { members: 6, controlPlanes: 7, workers: 15 };
    const { ended, report } = await changed(
      site,
      settings({ members: 3, controlPlanes: 2, workers: 2, drainSeconds, memoryGiB }),
    );
    expect(ended.code, ended.text).toBe(0);
    unharmed("everything replaced", report);
    site = await RunningSite.open();
    await site.healthy();
    const after = await machineIds(site);
    for (const { name } of site.machines("etcd", "control-plane", "worker"))
      expect(after[name], name).not.toBe(before[name]);
    for (const { name } of site.machines("load-balancer")) expect(after[name], name).toBe(before[name]);
    expect(await memberNames(site)).toEqual(site.machines("etcd").map(({ name }) => name));
    expect(await site.etcdHashes()).toHaveLength(1);
    expect(takenTooEarly(site)).toEqual([]);
    await site.run("kubectl", ["wait", "--for=condition=Available", "deployment/shop", "--timeout=60s"]);
  });

  test("more memory reaches all of them while they run", async () => {
    const started = await startTimes();
    const { ended, report } = await changed(site, settings({ members: 3, controlPlanes: 2, workers: 2 }));
    expect(ended.code, ended.text).toBe(0);
    unharmed("more memory", report);
    const before = site;
    site = await RunningSite.open();
    expect(await startTimes()).toEqual(started);
    for (const { name, memoryGiB } of site.machines("etcd", "control-plane", "worker")) {
      const info = JSON.parse(await site.datacenter.govc("vm.info", "-json", name)) as {
        virtualMachines: { config: { hardware: { memoryMB: number } } }[];
      };
      expect(memoryGiB, name).toBeGreaterThan(before.machine(name).memoryGiB);
      expect(info.virtualMachines[0]?.config.hardware.memoryMB, name).toBe(memoryGiB * 1024);
    }
    await site.healthy();
  });

  test("a second run changes nothing", async () => {
    const { code, stdout, stderr } = await site.pulumi("preview", "--expect-no-changes");
    expect(code, stdout + stderr).toBe(0);
  });
});

/** When each machine was last started. */
async function startTimes(): Promise<string[]> {
  const names = site.machines().map(({ name }) => site.container(name));
  const text = await site.run("docker", ["inspect", "--format", "{{.Name}} {{.State.StartedAt}}", ...names]);
  return text.trim().split("\n").sort();
}

interface Change {
  members: number;
  controlPlanes: number;
  workers: number;
  drainSeconds?: number;
  memoryGiB?: { members: number; controlPlanes: number; workers: number };
}

function settings({ members, controlPlanes, workers, drainSeconds, memoryGiB }: Change): Setting[] {
  return [
    [["etcd", "members"], members],
    [["controlPlanes", "count"], controlPlanes],
    [["workers", 0, "count"], workers],
    [["kubernetes", "drainSeconds"], drainSeconds],
    [["etcd", "memoryGiB"], memoryGiB?.members],
    [["controlPlanes", "memoryGiB"], memoryGiB?.controlPlanes],
    [["workers", 0, "memoryGiB"], memoryGiB?.workers],
  ];
}
