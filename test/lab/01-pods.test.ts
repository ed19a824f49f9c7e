import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunningSite, until } from "../support/lab/site";

const namespace = "groundwork-test";
const image = "registry.k8s.io/e2e-test-images/agnhost:2.63.0";

describe("pods on different workers", () => {
  let site: RunningSite;
  let workers: string[];
  beforeAll(async () => {
    site = await RunningSite.open();
    workers = site.machines("worker").map(({ name }) => name);
    const objects = [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      ...workers.flatMap((worker) => [pod(worker), service(worker)]),
    ];
    const input = objects.map((each) => JSON.stringify(each)).join("\n---\n");
    // A new namespace takes no pods until its service account is there: after a control plane was stopped, that takes a while.
    await until("the pods are made", 90, () => site.run("kubectl", ["apply", "-f", "-"], { input }));
    await site.kubectl("-n", namespace, "wait", "--for=condition=Ready", "--timeout=90s", "pod", "--all");
  });
  afterAll(() => site.kubectl("delete", "namespace", namespace, "--ignore-not-found"));

  /** Makes the pod on a worker ask a host over HTTP who it is. */
  const asks = async (worker: string, host: string, port: number): Promise<string[]> => {
    const dial = `dial?host=${host}&port=${port}&protocol=http&request=hostname&tries=1`;
    const answer = JSON.parse(
      await site.kubectl("get", "--raw", `/api/v1/namespaces/${namespace}/pods/${worker}:8080/proxy/${dial}`),
    ) as { responses?: string[]; errors?: string[] };
    if (answer.errors) throw new Error(`${worker} → ${host}: ${answer.errors.join("; ")}`);
    return answer.responses ?? [];
  };
  /** Until the node knows a new service, its packets go elsewhere: another answer than the expected one is no answer yet. */
  const answered = (worker: string, host: string, port: number, by: string) =>
    until(`${worker} → ${host}`, 30, async () => {
      const responses = await asks(worker, host, port);
      if (responses.join() !== by) throw new Error(`${worker} → ${host}: answered ${JSON.stringify(responses)}`);
      return responses;
    });
  const pairs = () => workers.flatMap((from) => workers.map((to) => [from, to] as const));

  it("are one on each worker", async () => {
    const { items } = await site.kubectlJson<{ items: { metadata: { name: string }; spec: { nodeName: string } }[] }>(
      "-n",
      namespace,
      "get",
      "pods",
    );
    expect(items.map(({ metadata, spec }) => [metadata.name, spec.nodeName])).toEqual(
      workers.map((name) => [name, name]),
    );
    expect(workers.length).toBeGreaterThanOrEqual(2);
  });

  it("reach each other by the service's name, short and long (C6)", async () => {
    for (const [from, to] of pairs())
      for (const host of [at(to), `${at(to)}.${namespace}`, `${at(to)}.${namespace}.svc.cluster.local`])
        expect(await answered(from, host, 80, to), `${from} → ${host}`).toEqual([to]);
  });

  it("reach each other by the service's address and by the pod's own", async () => {
    for (const [from, to] of pairs()) {
      const cluster = await site.kubectl("-n", namespace, "get", "service", at(to), "-o", "jsonpath={.spec.clusterIP}");
      expect(await answered(from, cluster, 80, to), `${from} → ${cluster}`).toEqual([to]);
      const own = await site.kubectl("-n", namespace, "get", "pod", to, "-o", "jsonpath={.status.podIP}");
      expect(await answered(from, own, 8080, to), `${from} → ${own}`).toEqual([to]);
    }
  });

  it("see the sender's own address across nodes", async () => {
    const [from, to] = workers as [string, string];
    const ip = (name: string) => site.kubectl("-n", namespace, "get", "pod", name, "-o", "jsonpath={.status.podIP}");
    const dial = `dial?host=${await ip(to)}&port=8080&protocol=http&request=clientip&tries=1`;
    const path = `/api/v1/namespaces/${namespace}/pods/${from}:8080/proxy/${dial}`;
    const { responses } = JSON.parse(await site.kubectl("get", "--raw", path)) as { responses: string[] };
    expect(responses[0]?.split(":")[0]).toBe(await ip(from));
  });

  it("can be looked into: logs and commands", async () => {
    for (const worker of workers) {
      expect(await site.kubectl("-n", namespace, "logs", worker)).toContain("8080");
      const version = await site.kubectl("-n", namespace, "exec", worker, "--", "/agnhost", "--version");
      expect(version).toContain("version");
    }
  });
});

/** The service of the pod on a worker. Not the pod's own name: that is in its /etc/hosts, and DNS would not be asked. */
function at(worker: string): string {
  return `at-${worker}`;
}

function pod(worker: string): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: worker, namespace, labels: { app: worker } },
    spec: {
      nodeSelector: { "kubernetes.io/hostname": worker },
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: "agnhost",
          image,
          args: ["netexec", "--http-port=8080"],
          ports: [{ containerPort: 8080 }],
          readinessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 1 },
        },
      ],
    },
  };
}

function service(worker: string): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: at(worker), namespace },
    spec: { selector: { app: worker }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}
