import type { RolloutSite } from "../fleet/rollout/schema";

/** The task queue of the rollouts themselves, and of sites that have no other. */
export const MAIN_QUEUE = "groundwork";

/** The task queue of the work at sites with a label's value. */
export function queueFor(label: string, value: string): string {
  return `${MAIN_QUEUE}-${label}-${value}`;
}

export function queueOf({ labels }: Pick<RolloutSite, "labels">, queueBy: string | undefined): string {
  const value = queueBy === undefined ? undefined : labels[queueBy];
  return queueBy === undefined || value === undefined ? MAIN_QUEUE : queueFor(queueBy, value);
}
