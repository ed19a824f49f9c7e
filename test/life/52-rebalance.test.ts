import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { replicated } from "../support/lab/replicated";
import { RunningSite, until } from "../support/lab/site";

// W2: the scheduler never moves a pod that runs; after a host is back, its workers would stay empty.

const namespace = "rebalance";
/** Copies of the workload; its budget lets one of them be away. */
const replicas = 6;
/** How long the site may take to be even again, once its machines are back. */
const patience = 240;

let site: RunningSite;
beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  await site.run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(workload()) });
  await until("the workload runs, evenly", patience, () => even());
});
afterAll(() => site?.kubectl("delete", "namespace", namespace, "--wait=false"));

test("a workload is spread again after a host was off, and never too few of it run (O5, W2)", async () => {
  const worker = site.machines("worker")[0];
  const host = worker?.host ?? "";
  await site.control.hostDown(host);
  try {
    await until("all of it runs on the workers that are left", patience + 60, async () => {
      const { ready, on } = await spread();
      return ready === replicas && !on.has(worker?.name ?? "") ? true : undefined;
    });
  } finally {
    await site.control.hostUp(host);
  }
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  const back = Date.now();
  const watch = watched();
  await until("the workload is even", patience, () => even());
  const fewest = await watch.stop();
  console.log(
    `even again ${((Date.now() - back) / 1000).toFixed(1)} s after the site was whole; at least ${fewest} of ${replicas} ran`,
  );
  expect(fewest).toBeGreaterThanOrEqual(replicas - 1);
});

test("what moves it is bound to what it needs (W2)", async () => {
  const deployment = await site.kubectlJson<{ spec: { template: { spec: Record<string, never> } } }>(
    ...["-n", "kube-system", "get", "deployment", "descheduler"],
  );
  const { containers, priorityClassName } = deployment.spec.template.spec as never as {
    containers: { securityContext: object; resources: { limits: object } }[];
    priorityClassName: string;
  };
  expect(priorityClassName).toBe("system-cluster-critical");
  expect(containers[0]?.securityContext).toMatchObject({ runAsNonRoot: true, readOnlyRootFilesystem: true });
  expect(containers[0]?.resources.limits).toEqual({ memory: "256Mi" });
  const as = "--as=system:serviceaccount:kube-system:descheduler";
  const may = async (...what: string[]) =>
    (await site.attempt("kubectl", ["auth", "can-i", ...what, as, "-A"])).stdout.trim();
  expect(await may("create", "pods", "--subresource=eviction")).toBe("yes");
  for (const what of [
    ["delete", "pods"],
    ["get", "secrets"],
    ["create", "pods"],
    ["patch", "nodes"],
  ])
    expect(await may(...what), what.join(" ")).toBe("no");
});

/** Ready copies, and how many lie on each node. */
async function spread(): Promise<{ ready: number; on: Map<string, number> }> {
  const { items } = await site.kubectlJson<{
    items: {
      metadata: { deletionTimestamp?: string };
      spec: { nodeName?: string };
      status: { conditions?: { type: string; status: string }[] };
    }[];
  }>("-n", namespace, "get", "pods");
  const on = new Map<string, number>();
  let ready = 0;
  for (const { metadata, spec, status } of items) {
    const isReady = status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
    if (metadata.deletionTimestamp || !isReady) continue;
    ready++;
    on.set(spec.nodeName ?? "", (on.get(spec.nodeName ?? "") ?? 0) + 1);
  }
  return { ready, on };
}

async function even(): Promise<true | undefined> {
  const { ready, on } = await spread();
  const counts = site.machines("worker").map(({ name }) => on.get(name) ?? 0);
  return ready === replicas && Math.max(...counts) - Math.min(...counts) <= 1 ? true : undefined;
}

/** Looks at how many copies are ready until it is stopped, and says the least. */
function watched(): { stop(): Promise<number> } {
  let going = true;
  let fewest = replicas;
  const watching = (async () => {
    for (; going; await sleep(300)) {
      const { status } = await site.kubectlJson<{ status: { readyReplicas?: number } }>(
        ...["-n", namespace, "get", "deployment", "web"],
      );
      fewest = Math.min(fewest, status.readyReplicas ?? 0);
    }
  })();
  return {
    stop: async () => {
      going = false;
      await watching;
      return fewest;
    },
  };
}

function workload(): object {
  // A host that is gone is given up after ten seconds instead of five minutes.
  const tolerations = ["not-ready", "unreachable"].map((name) => ({
    key: `node.kubernetes.io/${name}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: 10,
  }));
  return replicated("web", namespace, replicas, { tolerations });
}
