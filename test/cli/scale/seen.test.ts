import { describe, expect, it } from "vitest";
import { carrierOf } from "../../../cli/scale/carrier";
import type { Node, Pod } from "../../../cli/scale/kubernetes";
import { requestsOf } from "../../../cli/scale/requests";
import { clusterSeen, type Told } from "../../../cli/scale/seen";
import { parseSite } from "../../../site/description/parse";
import { roomForPods } from "../../../site/description/roomForPods";
import { appliedOf } from "../../../site/life/applied";
import { planSite } from "../../../site/plan/plan";
import { site, threeHosts } from "../../support/sites";

const taint = { key: "example.com/dedicated", value: "gpu", effect: "NoSchedule" as const };
const spec = parseSite(
  site(threeHosts, {
    workers: [
      { name: "general", count: 2, cpus: 4, memoryGiB: 16, scale: { minimum: 1, maximum: 6 } },
      {
        name: "gpu",
        count: 0,
        cpus: 8,
        memoryGiB: 32,
        taints: [taint],
        labels: { tier: "special" },
        scale: { minimum: 0, maximum: 2 },
      },
    ],
  }),
);

function node(name: string, more: Partial<Node> = {}): Node {
  return {
    metadata: {
      name,
      labels: { "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": name },
    },
    spec: {},
    status: {
      allocatable: { cpu: "3900m", memory: "13Gi", pods: "50" },
      conditions: [{ type: "Ready", status: "True" }],
    },
    ...more,
  };
}

const made = [{ kind: "ReplicaSet", uid: "web-1", controller: true }];
type PodSpec = Partial<Pod["spec"]>;

function pod(name: string, spec: PodSpec = {}, metadata: Partial<Pod["metadata"]> = {}): Pod {
  const containers = [{ resources: { requests: { cpu: "500m", memory: "1Gi" } } }];
  return {
    metadata: { name, namespace: "shop", ownerReferences: made, ...metadata },
    spec: { containers, ...spec },
    status: { phase: spec.nodeName ? "Running" : "Pending" },
  };
}

function unschedulable(message: string, one: Pod): Pod {
  const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
  return { ...one, status: { phase: "Pending", conditions } };
}

const SHORT = "0/4 nodes are available: 2 Insufficient memory, 2 node(s) had untolerated taint(s).";
const nodes = [node("shop-control-plane-a"), node("shop-general-a"), node("shop-general-b")];
const seen = (more: Partial<Told>) => clusterSeen(spec, { nodes, pods: [], volumes: [], ...more });

describe("what is read of a cluster", () => {
  it("is what workers have beside what runs on every one of them, and who runs there", () => {
    const daemon = pod(
      "agent",
      { nodeName: "shop-general-a" },
      { ownerReferences: [{ kind: "DaemonSet", uid: "d", controller: true }] },
    );
    const [general, gpu] = seen({
      pods: [
        daemon,
        pod("web", { nodeName: "shop-general-a", priority: -1000 }),
        { ...pod("over", { nodeName: "shop-general-b" }), status: { phase: "Succeeded" } },
        pod("elsewhere", { nodeName: "shop-control-plane-a" }),
      ],
      metrics: [
        {
          metadata: { name: "web", namespace: "shop" },
          containers: [{ usage: { cpu: "250000000n", memory: "2097152Ki" } }],
        },
      ],
    }).pools;
    expect(general?.workers.map(({ name, room }) => [name, room])).toEqual([
      ["shop-general-a", { cpus: 3.4, memoryGiB: 12, pods: 49 }],
      ["shop-general-b", { cpus: 3.9, memoryGiB: 13, pods: 50 }],
    ]);
    expect(general?.workers[0]?.pods).toEqual([
      {
        name: "shop/web",
        requests: { cpus: 0.5, memoryGiB: 1, pods: 1 },
        uses: { cpus: 0.25, memoryGiB: 2 },
        givesWay: true,
        isBound: false,
      },
    ]);
    expect(general?.workers[1]?.pods).toEqual([]);
    // One more has what the smallest of them has; of a pool without any, what is planned.
    expect(general?.roomOfNew).toEqual({ cpus: 3.4, memoryGiB: 12, pods: 49 });
    expect(gpu?.roomOfNew).toEqual({ ...roomForPods({}, { cpus: 8, memoryGiB: 32 }), pods: 90 });
  });

  it("tells pods that wait for room from those that wait for something else, and from those that nobody has looked at", () => {
    const { waiting, waitingForOther } = seen({
      pods: [
        unschedulable(SHORT, pod("large")),
        unschedulable("0/2 nodes are available: 2 Too many pods.", pod("many")),
        unschedulable("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.", pod("odd")),
        pod("new"),
      ],
    });
    expect(waiting.map(({ name }) => name)).toEqual(["shop/large", "shop/many"]);
    expect(waitingForOther).toBe(1);
  });

  const expressions = (...matchExpressions: { key: string; operator: string; values?: string[] }[]): PodSpec => ({
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } },
    },
  });
  it.each<[string, PodSpec, string[]]>([
    ["asks for nothing", {}, ["general"]],
    ["tolerates a pool's taint", { tolerations: [{ key: taint.key, operator: "Exists" }] }, ["general", "gpu"]],
    ["tolerates it with another value", { tolerations: [{ key: taint.key, value: "x" }] }, ["general"]],
    [
      "tolerates everything, and asks for a label",
      { tolerations: [{ operator: "Exists" }], nodeSelector: { tier: "special" } },
      ["gpu"],
    ],
    [
      "asks for a pool",
      expressions({ key: "groundwork.local/pool", operator: "In", values: ["general"] }),
      ["general"],
    ],
    ["asks for another one", expressions({ key: "groundwork.local/pool", operator: "NotIn", values: ["general"] }), []],
    ["asks for a platform", expressions({ key: "kubernetes.io/arch", operator: "In", values: ["amd64"] }), ["general"]],
    ["asks for a node", { nodeSelector: { "kubernetes.io/hostname": "shop-general-b" } }, []],
  ])("says in which pools a pod may run that %s", (_, of, pools) => {
    expect(seen({ pods: [unschedulable(SHORT, pod("x", of))] }).waiting.map((one) => one.pools)).toEqual([pools]);
  });

  const volume = {
    metadata: { name: "pv-1" },
    spec: {
      claimRef: { namespace: "shop", name: "data" },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["shop-general-b"] }] },
          ],
        },
      },
    },
  };
  const onB = (more: PodSpec = {}, metadata = {}) => pod("x", { nodeName: "shop-general-b", ...more }, metadata);
  it.each<[string, Partial<Told>, string | undefined]>([
    [
      "a volume",
      { volumes: [volume] },
      "shop-general-b holds a volume, which would end with it: pv-1 (claim shop/data)",
    ],
    [
      "a pod that nothing would make again",
      { pods: [onB({}, { ownerReferences: [] })] },
      "shop-general-b cannot leave: shop/x is a pod that nothing would make again",
    ],
    [
      "a pod that asks for it",
      { pods: [onB({ nodeSelector: { "kubernetes.io/hostname": "shop-general-b" } })] },
      "shop-general-b cannot leave: shop/x asks for that node",
    ],
    ["a pod as every other", { pods: [onB()] }, undefined],
  ])("says why a worker cannot leave that has %s", (_, told, keeps) => {
    expect(seen(told).pools[0]?.workers.map((worker) => worker.keeps)).toEqual([undefined, keeps]);
  });

  it("says which workers take no pods", () => {
    const sick = [
      node("shop-general-a", { spec: { unschedulable: true } }),
      node("shop-general-b", { status: { conditions: [{ type: "Ready", status: "Unknown" }] } }),
    ];
    expect(seen({ nodes: sick }).pools[0]?.workers.map(({ problem }) => problem)).toEqual([
      "takes no pods (cordoned)",
      "is not Ready",
    ]);
  });

  it("knows pods of which no two run on one node", () => {
    const labels = { app: "web" };
    const away = (app: string): PodSpec => ({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app } } },
          ],
        },
      },
    });
    const apart = (app: string) =>
      seen({ pods: [pod("x", { nodeName: "shop-general-a", ...away(app) }, { labels })] }).pools[0]?.workers[0]?.pods[0]
        ?.apart;
    expect([apart("web"), apart("other")]).toEqual(["shop web-1", undefined]);
  });
});

it("counts requests as the scheduler does", () => {
  const wants = (cpu: string, more = {}) => ({ resources: { requests: { cpu } }, ...more });
  const cpus = (of: PodSpec) => requestsOf(pod("x", of)).cpus;
  expect(cpus({ containers: [wants("1"), wants("500m")] })).toBe(1.5);
  expect(cpus({ containers: [wants("1")], initContainers: [wants("3")] })).toBe(3);
  expect(
    cpus({ containers: [wants("1")], initContainers: [wants("1", { restartPolicy: "Always" }), wants("500m")] }),
  ).toBe(2);
  expect(cpus({ containers: [wants("1")], overhead: { cpu: "250m" } })).toBe(1.25);
  expect(cpus({ containers: [wants("1")], resources: { requests: { cpu: "4" } } })).toBe(4);
  expect(cpus({ containers: [{}] })).toBe(0);
});

describe("what hosts carry", () => {
  const plan = planSite(spec);
  const carrier = carrierOf(spec, appliedOf(plan));

  it("is where the plan puts workers: those that stand stay where they are", () => {
    const standing = plan.machines.filter(({ pool }) => pool === "general").map(({ host }) => host);
    expect(carrier({ general: 4 }).hosts.general?.slice(0, 2)).toEqual(standing);
    expect(new Set(carrier({ general: 3 }).hosts.general).size).toBe(3);
    expect(carrier({ general: 4 })).toEqual({ hosts: expect.anything() });
  });

  it("ends where the others have no room for one host's workers, and where a rule refuses", () => {
    const beyond = "the other hosts would have no room for the workers of esx-1";
    expect(carrier({ general: 17 })).toMatchObject({ beyond });
    expect(carrier({ general: 40 }).broken).toMatch(
      /^the machines of esx-1 have \d+ GiB of memory, the host has \d+ for them$/,
    );
    const described = { ...spec, workload: { cpus: 3, memoryGiB: 12 } };
    expect(carrierOf(described, appliedOf(plan))({ general: 1 }).broken).toMatch(/the workload needs 3 and 12$/);
  });
});
