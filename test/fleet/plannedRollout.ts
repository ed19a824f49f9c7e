import { type Candidate, planRollout } from "../../fleet/rollout/plan";
import { readPolicy } from "../../fleet/rollout/read";
import type { RolloutPlan, RolloutPolicy } from "../../fleet/rollout/schema";
import { formatProblem } from "../../site/description/problem";

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const START = Date.parse("2026-10-20T12:00:00.000Z");
/** Digests of what each site is to get, where it does not matter what that is. */
export const digests = Object.fromEntries(
  ["program", "description", "images", "versions"].map((key) => [key, "0".repeat(64)]),
) as Candidate["digests"];

/** A site that may be changed at any time, judged safe. */
export function candidate(name: string, more: Partial<Candidate> = {}): Candidate {
  return { name, labels: {}, maintenance: {}, digests, machines: 9, verdict: { is: "safe", reasons: [] }, ...more };
}
const policyOf = (policy: object): RolloutPolicy => {
  const read = readPolicy(policy);
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
  return read.policy;
};
/** The plan of a rollout that begins at `START`. @throws Error if none can be made */
export function planOf(candidates: Candidate[], policy: object = {}, more = {}): RolloutPlan {
  const planned = planRollout(candidates, policyOf(policy), START, more);
  if ("problems" in planned) throw new Error(planned.problems.map(formatProblem).join("\n"));
  return planned.plan;
}
export const iso = (at: number) => new Date(at).toISOString();
