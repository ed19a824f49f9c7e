import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import type { Pod } from "../../cli/scale/kubernetes";
import type { PoolProposal, Proposal } from "../../cli/scale/model";
import { Api } from "../../sdks/kubernetes/api";
import { replicated } from "../support/lab/replicated";
import { demo, labIsKept, RunningSite, until } from "../support/lab/site";

// W4: pods follow what they use, by Kubernetes' own controller over the metrics API; workers follow what pods ask for, by `groundwork scale`.

const namespace = "scaled";
/** Seconds until pods are as many as they should be: metrics are 15 seconds old, and their controller looks every 15. */
const patience = 300;
const quick = { terminationGracePeriodSeconds: 1 };

const folder = mkdtempSync(join(tmpdir(), "groundwork-scale-"));
const stack = join(folder, "Pulumi.scale.yaml");
let site: RunningSite;
beforeAll(async () => {
  const before = await RunningSite.open();
  const document = parseDocument(readFileSync(before.stack.configFile ?? "", "utf8"));
  document.setIn(["config", "groundwork:site", "workers", 0, "scale"], { minimum: 2, maximum: 3 });
  writeFileSync(stack, document.toString({ lineWidth: 0 }));
  await brought(2);
});
afterAll(async () => {
  await site?.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false");
  if (labIsKept) await demo();
  rmSync(folder, { recursive: true, force: true });
});

test("a Deployment under load gets more pods by a HorizontalPodAutoscaler, and fewer after it (C6, W4)", async () => {
  const workload = replicated("web", namespace, 1, quick);
  await apply({ ...workload, items: [...workload.items, service("web"), autoscaler("web")] });
  await until("it runs", patience, async () => ((await ready("web")) === 1 ? true : undefined));
  const began = Date.now();
  const load = loaded("web");
  try {
    await until("it has more pods", patience, async () => ((await ready("web")) === 3 ? true : undefined));
    console.log(`three pods in place of one after ${((Date.now() - began) / 1000).toFixed(0)} s of load`);
  } finally {
    await load.stop();
  }
  await until("it has one pod again", patience, async () => ((await ready("web")) === 1 ? true : undefined));
});

test("pods that no worker has room for have one more proposed, which is written and brought up; they run (W4)", async () => {
  expect(await proposed()).toMatchObject({ code: 0, pool: { now: 2, proposed: 2 }, notes: [] });
  await apply(replicated("wide", namespace, 3, quick, await overHalf()));
  await until("one of three waits", patience, async () => ((await waiting("wide")) === 1 ? true : undefined));
  expect(await proposed("--write")).toMatchObject({
    code: 1,
    pool: {
      now: 2,
      proposed: 3,
      why: expect.stringMatching(/^1 pod waits for .*: scaled\/wide-\S+; .*3 is its maximum$/),
    },
  });
  await brought(3);
  await until("all three run", patience, async () => ((await ready("wide")) === 3 ? true : undefined));
  expect(await proposed()).toMatchObject({ code: 0, pool: { now: 3, proposed: 3 } });
});

test("once they are gone, one fewer is proposed, which is written and brought up; the rest runs (W4)", async () => {
  await site.kubectl("-n", namespace, "delete", "deployment", "wide");
  await until("they are gone", patience, async () => ((await pods("wide")).length === 0 ? true : undefined));
  expect(await proposed("--write")).toMatchObject({
    code: 1,
    pool: { now: 3, proposed: 2, why: "all that runs has room to spare on 2, without any one host, too" },
  });
  await brought(2);
  expect(await ready("web")).toBe(1);
  expect(await proposed()).toMatchObject({ code: 0, pool: { now: 2, proposed: 2 } });
});

/** Brings the site up as its stack file says now. */
async function brought(workers: number): Promise<void> {
  const { code, text } = await demo("--stack", stack);
  expect(code, text).toBe(0);
  site = await RunningSite.open();
  expect(site.machines("worker")).toHaveLength(workers);
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
}

async function proposed(...args: string[]): Promise<{ code: number; pool?: PoolProposal; notes: string[] }> {
  const command = ["cli/groundwork.cjs", "scale", "--stack", site.lab, "--config-file", stack, "--json", ...args];
  const { code, stdout, text } = await site.attempt("node", command);
  expect(stdout, text).not.toBe("");
  const { pools, notes } = JSON.parse(stdout) as Proposal;
  return { code, pool: pools[0], notes };
}

async function apply(object: object): Promise<void> {
  await site.run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(object) });
}

async function pods(app: string): Promise<Pod[]> {
  const { items } = await site.kubectlJson<{ items: Pod[] }>("-n", namespace, "get", "pods", "-l", `app=${app}`);
  return items;
}

/** Pods that are ready, if those are all that there are. */
async function ready(app: string): Promise<number | undefined> {
  const all = await pods(app);
  const isReady = ({ status }: Pod) => status?.conditions?.some((one) => one.type === "Ready" && one.status === "True");
  return all.every(isReady) ? all.length : undefined;
}

async function waiting(app: string): Promise<number> {
  const reasons = (await pods(app)).flatMap(({ status }) => status?.conditions?.map(({ reason }) => reason) ?? []);
  return reasons.filter((reason) => reason === "Unschedulable").length;
}

/** More than half of what a worker has, so that no two find room on one. */
async function overHalf(): Promise<string> {
  const worker = site.machines("worker")[0]?.name ?? "";
  const { status } = await site.kubectlJson<{ status: { allocatable: { memory: string } } }>("get", "node", worker);
  return `${Math.floor(Number.parseInt(status.allocatable.memory, 10) * 0.55)}Ki`;
}

/** Asks pods by their Service, each of which asks others by it many times, until it is stopped. */
function loaded(app: string): { stop: () => Promise<void> } {
  const api = new Api(readFileSync(site.paths.kubeconfig, "utf8"));
  const dial = `dial?host=${app}&port=8080&protocol=http&request=hostname&tries=500`;
  const path = `/api/v1/namespaces/${namespace}/services/${app}:8080/proxy/${dial}`;
  let isWanted = true;
  const asking = (async () => {
    while (isWanted) {
      const { status } = await api.read(path).catch(() => ({ status: 0 }));
      // Who was asked may be one that is taken away.
      if (status !== 200) await sleep(500);
    }
  })();
  return {
    stop: async () => {
      isWanted = false;
      await asking;
      api.close();
    },
  };
}

function service(name: string): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports: [{ port: 8080 }] },
  };
}

/** Up to three pods, each of which should use twice as many CPUs as it asks for; fewer as soon as they use less. */
function autoscaler(name: string): object {
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 200 } } },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
    },
  };
}
