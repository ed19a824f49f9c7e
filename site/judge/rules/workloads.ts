import { listed } from "../../description/listed";
import { type Facts, objectsOf } from "../../facts/model";
import type { BudgetFact, ContainerFact, WorkloadFact } from "../../facts/objects";
import { type Breach, rule } from "./rule";

/** Says something of containers, one line for each workload. */
export function ofContainers(
  facts: Facts,
  wrong: (container: ContainerFact, workload: WorkloadFact) => boolean,
  say: (names: string, workload: WorkloadFact) => string,
): Breach[] {
  return objectsOf(facts, "workloads").flatMap((workload) => {
    const names = workload.containers.filter((c) => wrong(c, workload)).map(({ name }) => name);
    if (names.length === 0) return [];
    return [
      { path: workload.path, message: say(`container${names.length > 1 ? "s" : ""} ${listed(names)}`, workload) },
    ];
  });
}

const serves = ({ kind }: WorkloadFact) => !["Job", "CronJob"].includes(kind);

export const workloadsRequest = rule({
  id: "workload-requests",
  subject: "Workloads",
  scope: "object",
  sentence: "every container says how much CPU and memory it needs, so that nodes are not overfilled",
  severity: "mandatory",
  source: "L11, C4 [B, A]",
  fix: "set resources.requests.cpu and resources.requests.memory",
  about: "workloads",
  check: (facts) =>
    ofContainers(
      facts,
      ({ requests: { cpu, memory } }) => cpu === null || memory === null,
      (names) => `${names} without a request for CPU or memory`,
    ),
});

export const workloadsAreLimited = rule({
  id: "workload-limits",
  subject: "Workloads",
  scope: "object",
  sentence: "every container has a memory limit, so that a leak ends itself and not its neighbours",
  severity: "mandatory",
  source: "C1, C4 [B, A]",
  fix: "set resources.limits.memory",
  about: "workloads",
  check: (facts) =>
    ofContainers(
      facts,
      ({ memoryLimit }) => memoryLimit === null,
      (names) => `${names} without a memory limit`,
    ),
});

export const workloadsAreProbed = rule({
  id: "workload-readiness",
  subject: "Workloads",
  scope: "object",
  sentence: "what serves says when it is ready, so that no request meets one that is not",
  severity: "mandatory",
  source: "O1 [B, A]",
  fix: "set readinessProbe",
  about: "workloads",
  check: (facts) =>
    ofContainers(
      facts,
      (c, workload) => serves(workload) && !c.init && c.readiness === null,
      (names) => `${names} without a readiness probe`,
    ),
});

export const workloadsAreRestarted = rule({
  id: "workload-liveness",
  subject: "Workloads",
  scope: "object",
  sentence: "what hangs is restarted",
  severity: "advisory",
  source: "O1 [B, A]",
  fix: "set livenessProbe, with more patience than the readiness probe has",
  about: "workloads",
  check: (facts) =>
    ofContainers(
      facts,
      (c, workload) => serves(workload) && !c.init && c.liveness === null,
      (names) => `${names} without a liveness probe`,
    ),
});

const isCopied = ({ kind }: WorkloadFact) => ["Deployment", "StatefulSet", "ReplicaSet"].includes(kind);

export const workloadsAreCopied = rule({
  id: "workload-replicas",
  subject: "Workloads",
  scope: "object",
  sentence: "what serves runs twice, so that the loss of a node is not noticed",
  severity: "advisory",
  source: "L11, W1 [B]",
  fix: "set replicas: 2 or more, if it can run twice",
  about: "workloads",
  check: (facts) =>
    objectsOf(facts, "workloads").flatMap((workload) =>
      isCopied(workload) && workload.replicas !== undefined && (workload.replicas ?? 1) < 2
        ? [{ path: workload.path, message: `the ${workload.kind} runs once` }]
        : [],
    ),
});

export const workloadsAreSpread = rule({
  id: "workload-spread",
  subject: "Workloads",
  scope: "object",
  sentence: "copies are kept on different nodes, so that one host does not take them all",
  severity: "advisory",
  source: "W1 [B]",
  fix: "set topologySpreadConstraints or a podAntiAffinity over topology.kubernetes.io/zone",
  about: "workloads",
  check: (facts) =>
    objectsOf(facts, "workloads").flatMap((workload) =>
      isCopied(workload) && (workload.replicas ?? 1) > 1 && workload.spread === null
        ? [{ path: workload.path, message: `nothing keeps its ${workload.replicas} pods on different nodes` }]
        : [],
    ),
});

export const noBarePods = rule({
  id: "workload-controlled",
  subject: "Workloads",
  scope: "object",
  sentence: "pods are made by a controller, which makes them again when their node is lost",
  severity: "advisory",
  source: "O5 [B]",
  fix: "use a Deployment, StatefulSet, DaemonSet or Job",
  about: "workloads",
  check: (facts) =>
    objectsOf(facts, "workloads").flatMap(({ path, kind }) =>
      kind === "Pod" ? [{ path, message: "the pod is gone when its node is" }] : [],
    ),
});

export const workloadsHaveBudget = rule({
  id: "workload-budget",
  subject: "Workloads",
  scope: "stack",
  sentence: "what runs more than once has a disruption budget, so that an update never takes all of it",
  severity: "mandatory",
  source: "O4, W2 [B, K]",
  fix: "add a PodDisruptionBudget that selects its pods, with maxUnavailable: 1",
  reads: ["workloads", "budgets"],
  check: (facts) =>
    objectsOf(facts, "workloads").flatMap((workload) =>
      isCopied(workload) &&
      (workload.replicas ?? 1) > 1 &&
      !objectsOf(facts, "budgets").some((budget) => covers(budget, workload))
        ? [{ path: workload.path, message: `no PodDisruptionBudget covers its ${workload.replicas} pods` }]
        : [],
    ),
});

/** What is not known is taken to fit: the update knows it. */
function covers({ namespace, matchLabels }: BudgetFact, workload: WorkloadFact): boolean {
  if (namespace !== undefined && workload.namespace !== undefined)
    if ((namespace ?? "default") !== (workload.namespace ?? "default")) return false;
  if (matchLabels === undefined || workload.labels === undefined) return true;
  const labels = workload.labels ?? {};
  const wanted = Object.entries(matchLabels ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

export const budgetsAllowUpdates = rule({
  id: "budget-lets-go",
  subject: "Workloads",
  scope: "object",
  sentence: "a disruption budget lets one pod go at a time, or no node could ever be updated",
  severity: "mandatory",
  source: "O4 [B, K]",
  fix: "set maxUnavailable: 1",
  about: "budgets",
  check: (facts) =>
    objectsOf(facts, "budgets").flatMap(({ path, blocks }) =>
      blocks ? [{ path, message: "the budget forbids every eviction: a node with such a pod cannot be drained" }] : [],
    ),
});
