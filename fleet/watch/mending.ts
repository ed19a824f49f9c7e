import type { Candidate } from "../rollout/plan";
import type { RolloutPolicy } from "../rollout/schema";

/**
 * The policy of a fleet's rollouts for those of its sites that are to be mended: canaries that are not among them, or are not safe, are
 * none of it, and neither are limits of labels that none of them has. One site goes first if no canary is left.
 */
export function policyAmong(candidates: readonly Candidate[], policy: RolloutPolicy): RolloutPolicy {
  const safe = new Set(candidates.filter(({ verdict }) => verdict.is === "safe").map(({ name }) => name));
  const labels = new Set(candidates.flatMap((site) => Object.keys(site.labels)));
  const named = Array.isArray(policy.canaries) ? policy.canaries.filter((name) => safe.has(name)) : policy.canaries;
  return {
    ...policy,
    canaries: Array.isArray(named) && named.length === 0 ? 1 : named,
    atOncePer: Object.fromEntries(Object.entries(policy.atOncePer).filter(([label]) => labels.has(label))),
  };
}
