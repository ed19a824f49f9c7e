import { maxPods } from "../../site/description/kubeletReservations";
import { letter } from "../../site/description/order";
import { onEachWorker, roomForPods } from "../../site/description/roomForPods";
import type { SiteSpec, WorkerPool } from "../../site/description/spec";
import { HOSTNAME, type Node, type Pod, type PodMetrics, type Volume } from "./kubernetes";
import { mayRun } from "./mayRun";
import type { Amounts, ClusterSeen, PodSeen, PoolSeen, WorkerSeen } from "./model";
import { boundBy, goesOn, isOnEveryNode, nameOf, podOf, waitsFor } from "./pods";
import { amountsOf, requestsOf, usageOf } from "./requests";
import { total } from "./seats";

/** What the API tells of a cluster. */
export interface Told {
  nodes: readonly Node[];
  pods: readonly Pod[];
  volumes: readonly Volume[];
  /** Left out where nobody measures. */
  metrics?: readonly PodMetrics[];
}

/** A volume that is on one node and nowhere else. */
interface LocalVolume {
  name: string;
  /** `namespace/name`. */
  claim?: string;
  node: string;
}

/** What a proposal is made from: a site as it is described, and what the API tells of its cluster. */
export function clusterSeen(spec: SiteSpec, told: Told): ClusterSeen {
  const volumes = told.volumes.flatMap(localVolume);
  const claims = new Set(volumes.flatMap(({ claim }) => claim ?? []));
  const uses = new Map((told.metrics ?? []).map((one) => [nameOf(one), usageOf(one)]));
  const seen = (pod: Pod): PodSeen => podOf(pod, claims, uses.get(nameOf(pod)));
  const running = told.pods.filter(goesOn);
  const on = new Map<string, Pod[]>();
  for (const pod of running)
    if (pod.spec.nodeName) on.set(pod.spec.nodeName, [...(on.get(pod.spec.nodeName) ?? []), pod]);
  const kind = kindOf(told.nodes);
  const pools = spec.workers.map((pool): PoolSeen => {
    const nodes = workersOf(spec, pool, told.nodes);
    const workers = nodes.map((node) => workerSeen(node, on.get(node.metadata.name) ?? [], volumes, seen));
    return {
      ...{ name: pool.name, count: pool.count, workers },
      ...(pool.scale && { scale: pool.scale }),
      roomOfNew: roomOfNew(spec, pool, workers),
    };
  });
  const waiting = running.filter((pod) => waitsFor(pod) === "space");
  return {
    pools,
    waiting: waiting.map((pod) => ({
      ...seen(pod),
      pools: spec.workers.filter((pool) => mayRun(pod, kind(pool))).map(({ name }) => name),
    })),
    hosts: spec.hosts.length,
    waitingForOther: running.filter((pod) => waitsFor(pod) === "other").length,
    isMeasured: told.metrics !== undefined,
  };
}

/** Nodes of a pool, by their letters: as they were added. */
function workersOf(spec: SiteSpec, { name, count }: WorkerPool, nodes: readonly Node[]): Node[] {
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]));
  const prefix = `${spec.name}-${name}-`;
  const most = Math.max(count, nodes.length);
  return Array.from({ length: most }, (_, i) => byName.get(prefix + letter(i))).filter((node) => node !== undefined);
}

/** Labels and taints by which a pool's workers are told apart; those of one node alone are promised of no other one. */
function kindOf(nodes: readonly Node[]) {
  const platform = (key: string) => nodes.find(({ metadata }) => metadata.labels?.[key])?.metadata.labels?.[key];
  const ofAll = Object.fromEntries(
    ["kubernetes.io/os", "kubernetes.io/arch"].flatMap((key) => {
      const value = platform(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  return ({ name, labels = {}, taints = [] }: WorkerPool) => ({
    labels: { ...ofAll, ...labels, "groundwork.local/pool": name },
    taints,
  });
}

function workerSeen(
  { metadata, spec, status }: Node,
  pods: readonly Pod[],
  volumes: readonly LocalVolume[],
  seen: (pod: Pod) => PodSeen,
): WorkerSeen {
  const { name } = metadata;
  const isReady = status.conditions?.some((one) => one.type === "Ready" && one.status === "True");
  const problem = !isReady ? "is not Ready" : spec.unschedulable ? "takes no pods (cordoned)" : undefined;
  const everywhere = pods.filter(isOnEveryNode);
  const others = pods.filter((pod) => !isOnEveryNode(pod));
  const keeps = keptBy(name, others, volumes);
  return {
    name,
    room: without(amountsOf(status.allocatable, Number(status.allocatable?.pods ?? 0)), everywhere.map(requestsOf)),
    pods: others.map(seen),
    ...(problem !== undefined && { problem }),
    ...(keeps !== undefined && { keeps }),
  };
}

function keptBy(node: string, pods: readonly Pod[], volumes: readonly LocalVolume[]): string | undefined {
  const volume = volumes.find((one) => one.node === node);
  if (volume !== undefined) {
    const whose = volume.claim === undefined ? "" : ` (claim ${volume.claim})`;
    return `${node} holds a volume, which would end with it: ${volume.name}${whose}`;
  }
  // None of its pods has a volume here.
  for (const pod of pods) {
    const why = boundBy(pod, new Set());
    if (why !== undefined) return `${node} cannot leave: ${nameOf(pod)} ${why}`;
  }
  return undefined;
}

/** The node that a volume is on, if it is on one and nowhere else. */
function localVolume({ metadata, spec }: Volume): LocalVolume[] {
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  const named = terms.flatMap(({ matchExpressions = [] }) =>
    matchExpressions.filter(({ key, operator }) => key === HOSTNAME && operator === "In"),
  );
  const [node] = named.flatMap(({ values = [] }) => values);
  if (node === undefined) return [];
  const { claimRef } = spec;
  return [{ name: metadata.name, node, ...(claimRef && { claim: `${claimRef.namespace}/${claimRef.name}` }) }];
}

/** As much as the smallest of those that there are has; of a pool that is empty, what is planned. */
function roomOfNew(spec: SiteSpec, pool: WorkerPool, workers: readonly WorkerSeen[]): Amounts {
  const [first, ...others] = workers.map(({ room }) => room);
  if (first === undefined) return { ...roomForPods({ onEachWorker: onEachWorker(spec) }, pool), pods: maxPods(pool) };
  return others.reduce(
    (least, room) => ({
      cpus: Math.min(least.cpus, room.cpus),
      memoryGiB: Math.min(least.memoryGiB, room.memoryGiB),
      pods: Math.min(least.pods, room.pods),
    }),
    first,
  );
}

function without(room: Amounts, taken: readonly Amounts[]): Amounts {
  const { cpus, memoryGiB, pods } = total(taken);
  return { cpus: room.cpus - cpus, memoryGiB: room.memoryGiB - memoryGiB, pods: room.pods - pods };
}
