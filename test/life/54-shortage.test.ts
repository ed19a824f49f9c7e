import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { AGNHOST } from "../../image/programs/upstream";
import { repository } from "../../lab/toolchain/artifact";
import { demo, type Ended, labIsKept, RunningSite, until } from "../support/lab/site";

// C5: a host is lost, and what is left carries only half of what ran: pods of the higher class all run again, in the place of others.

/** Pods of each namespace, and what each requests of a worker's memory: both workers carry all of them, one those of one namespace only. */
const [replicas, share] = [3, 0.28];
const namespaces = { tills: "critical", reports: "low" } as const;
/** Seconds until the pods of a host that is gone run elsewhere: Kubernetes takes 40 to call the node away, and the pods wait 10. */
const patience = 240;

const folder = mkdtempSync(join(tmpdir(), "groundwork-shortage-"));
let site: RunningSite;
beforeAll(async () => {
  const { code, text } = await brought();
  expect(code, text).toBe(0);
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  await site.run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(workloads(await requested())) });
});
afterAll(async () => {
  await site?.kubectl("delete", "namespace", ...Object.keys(namespaces), "--wait=false");
  if (labIsKept) await demo();
  rmSync(folder, { recursive: true, force: true });
});

test("after the loss of a host all pods of the higher class run, and others gave way (C5, L11)", async () => {
  const all = { tills: replicas, reports: replicas };
  await until("both run", patience, () => isRunning(all));
  const host = site.machines("worker")[0]?.host ?? "";
  await site.control.hostDown(host);
  try {
    await until("those of the higher class run", patience, () => isRunning({ tills: replicas, reports: 0 }));
    const events = await site.kubectl(
      "get",
      "events",
      "-n",
      "reports",
      "--field-selector",
      "reason=Preempted",
      "-o",
      "name",
    );
    console.log(`${events.trim().split("\n").filter(Boolean).length} pods gave way to others`);
  } finally {
    await site.control.hostUp(host);
  }
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  await until("both run again", patience, () => isRunning(all));
});

/** Whether of each namespace so many pods are ready: at least, and of those that give way not more than one worker has room for. */
async function isRunning(wanted: Record<keyof typeof namespaces, number>): Promise<true | undefined> {
  for (const [namespace, least] of Object.entries(wanted)) {
    const { status } = await site.kubectlJson<{ status: { readyReplicas?: number } }>(
      ...["-n", namespace, "get", "deployment", namespace],
    );
    const ready = status.readyReplicas ?? 0;
    if (ready < least || (least === 0 && ready > 0)) return undefined;
  }
  return true;
}

function brought(): Promise<Ended> {
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  const described = Object.entries(namespaces).map(([name, priority]) => ({ name, priority }));
  document.setIn(["config", "groundwork:site", "namespaces"], described);
  const stack = join(folder, "Pulumi.shortage.yaml");
  writeFileSync(stack, document.toString({ lineWidth: 0 }));
  return demo("--stack", stack);
}

/** What each pod requests, by what a worker has. */
async function requested(): Promise<string> {
  const worker = site.machines("worker")[0]?.name ?? "";
  const { status } = await site.kubectlJson<{ status: { allocatable: { memory: string } } }>("get", "node", worker);
  return `${Math.floor(Number.parseInt(status.allocatable.memory, 10) * share)}Ki`;
}

function workloads(memory: string): object {
  // A host that is gone is given up after ten seconds instead of five minutes.
  const tolerations = ["not-ready", "unreachable"].map((name) => ({
    key: `node.kubernetes.io/${name}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: 10,
  }));
  const container = {
    name: "web",
    image: `registry.k8s.io/${AGNHOST}`,
    args: ["netexec", "--http-port=8080"],
    readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
    resources: {
      requests: { cpu: "10m", memory },
      limits: { memory },
    },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  };
  const items = Object.entries(namespaces).map(([name, priority]) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          priorityClassName: `groundwork-${priority}`,
          tolerations,
          securityContext: { runAsNonRoot: true, runAsUser: 65_534, seccompProfile: { type: "RuntimeDefault" } },
          containers: [container],
        },
      },
    },
  }));
  return { apiVersion: "v1", kind: "List", items };
}
