import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AGNHOST } from "../../image/programs/upstream";
import { RunningSite } from "../support/lab/site";

// kube-proxy and what enforces NetworkPolicy write the same table of filters, both at the moment at which a pod comes up.

const namespace = "first-pods";
const rounds = 20;
/** Milliseconds that every node has to learn of a Service's first pod. */
const patience = 4000;

let site: RunningSite;
let nodes: string[];
beforeAll(async () => {
  site = await RunningSite.open();
  nodes = site.machines("control-plane", "worker").map(({ name }) => name);
  await site.kubectl("create", "namespace", namespace);
});
afterAll(() => site.kubectl("delete", "namespace", namespace, "--ignore-not-found"));

test("a Service that had no pod is refused on no node once it has its first one (S7)", async () => {
  const refused: string[] = [];
  for (let round = 1; round <= rounds; round++) {
    const name = `web-${round}`;
    await apply(service(name));
    const { spec } = await site.kubectlJson<{ spec: { clusterIP: string } }>("-n", namespace, "get", "service", name);
    // Every node has it as one without pods.
    await sleep(2000);
    await apply(pod(name));
    await site.kubectl("-n", namespace, "wait", "--for=condition=Ready", "--timeout=60s", `pod/${name}`);
    // Nothing else happens meanwhile that would have kube-proxy write its rules again.
    await sleep(patience);
    const asks = `curl --silent --show-error --max-time 3 http://${spec.clusterIP}/hostname`;
    for (const node of nodes) {
      const { code, stdout, stderr } = await site.attemptSsh(node, asks);
      if (code !== 0 || stdout.trim() !== name) refused.push(`${node} → ${name}: ${stdout}${stderr}`.trim());
    }
    await site.kubectl("-n", namespace, "delete", `pod/${name}`, `service/${name}`, "--wait=false");
  }
  console.log(`first pods: ${rounds} Services asked from ${nodes.length} nodes each, refused ${refused.length} times`);
  expect(refused).toEqual([]);
});

function apply(object: object): Promise<unknown> {
  return site.run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(object) });
}

function service(name: string): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}

function pod(name: string): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: "web", image: `registry.k8s.io/${AGNHOST}`, args: ["netexec", "--http-port=8080"] }],
    },
  };
}
