import type { LabelSelector, Pod, Requirement, SelectorTerm, Taint, Toleration } from "./kubernetes";

/** What a worker of a pool is to the scheduler, whichever of them it is. */
export interface Kind {
  labels: Readonly<Record<string, string>>;
  taints: readonly Taint[];
}

/** Whether a pod's selector, required affinity and tolerations let it run on workers of a kind. */
export function mayRun({ spec }: Pod, { labels, taints }: Kind): boolean {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return (
    Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value) &&
    (terms === undefined || terms.some((term) => matches(term, labels))) &&
    taints.every((taint) => isTolerated(taint, spec.tolerations ?? []))
  );
}

/** A term of nothing matches nothing; a field is the name of one node, which no kind has. */
function matches({ matchExpressions = [], matchFields = [] }: SelectorTerm, labels: Kind["labels"]): boolean {
  return (
    matchFields.length === 0 &&
    matchExpressions.length > 0 &&
    matchExpressions.every((requirement) => isMet(requirement, labels))
  );
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/node-selector-requirement/ */
function isMet({ key, operator, values = [] }: Requirement, labels: Kind["labels"]): boolean {
  const value = labels[key];
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return Number(value) > Number(values[0]);
    case "Lt":
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
}

function isTolerated({ key, value = "", effect }: Taint, tolerations: readonly Toleration[]): boolean {
  if (effect === "PreferNoSchedule") return true;
  return tolerations.some(
    (one) =>
      (one.effect === undefined || one.effect === "" || one.effect === effect) &&
      (one.operator === "Exists"
        ? one.key === undefined || one.key === "" || one.key === key
        : one.key === key && (one.value ?? "") === value),
  );
}

/** Whether a selector selects what has these labels. */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Kind["labels"]): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((requirement) => isMet(requirement, labels))
  );
}
