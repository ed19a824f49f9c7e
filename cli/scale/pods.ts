import { HOSTNAME, type Pod } from "./kubernetes";
import { selects } from "./mayRun";
import type { Amounts, PodSeen } from "./model";
import { requestsOf } from "./requests";

/** What the scheduler says of a node that has too little. */
const NO_ROOM = /Insufficient (cpu|memory)\b|Too many pods/;

export function nameOf({ metadata }: { metadata: Pod["metadata"] }): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** Whether it has a place on a node, or waits for one: it has not ended. */
export function goesOn({ status }: Pod): boolean {
  return status?.phase !== "Succeeded" && status?.phase !== "Failed";
}

/** Whether no node was found for it, and whether that is for want of room on one where it might run. */
export function waitsFor({ spec, status }: Pod): "space" | "other" | undefined {
  if (spec.nodeName !== undefined || status?.phase !== "Pending") return undefined;
  const scheduled = status.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status !== "False") return undefined;
  return scheduled.reason === "Unschedulable" && NO_ROOM.test(scheduled.message ?? "") ? "space" : "other";
}

/** A DaemonSet's, or the kubelet's own: a worker more has one more of them. */
export function isOnEveryNode({ metadata }: Pod): boolean {
  return metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined || owner(metadata)?.kind === "DaemonSet";
}

/**
 * Why it runs on its node or nowhere; nothing where it may run on another one.
 *
 * @param claims whose volume is on one node, `namespace/name`
 */
export function boundBy(pod: Pod, claims: ReadonlySet<string>): string | undefined {
  const { metadata, spec } = pod;
  const claim = spec.volumes?.find(({ persistentVolumeClaim: one }) =>
    claims.has(`${metadata.namespace}/${one?.claimName}`),
  );
  if (claim) return `has a volume there (claim ${metadata.namespace}/${claim.persistentVolumeClaim?.claimName})`;
  if (owner(metadata) === undefined) return "is a pod that nothing would make again";
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const isNamed =
    spec.nodeSelector?.[HOSTNAME] !== undefined ||
    terms.some(
      ({ matchExpressions = [], matchFields = [] }) =>
        matchFields.length > 0 || matchExpressions.some(({ key, operator }) => key === HOSTNAME && operator === "In"),
    );
  return isNamed ? "asks for that node" : undefined;
}

export function podOf(pod: Pod, claims: ReadonlySet<string>, uses?: Omit<Amounts, "pods">): PodSeen {
  const { metadata, spec } = pod;
  const labels = metadata.labels ?? {};
  const terms = spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const isApart = terms.some(
    ({ topologyKey, labelSelector }) => topologyKey === HOSTNAME && labelSelector && selects(labelSelector, labels),
  );
  return {
    name: nameOf(pod),
    requests: requestsOf(pod),
    ...(uses && { uses }),
    givesWay: (spec.priority ?? 0) < 0,
    isBound: boundBy(pod, claims) !== undefined,
    ...(isApart && { apart: `${metadata.namespace} ${owner(metadata)?.uid ?? metadata.name}` }),
  };
}

function owner({ ownerReferences = [] }: Pod["metadata"]) {
  return ownerReferences.find(({ controller }) => controller);
}
