import type { Problem } from "../../site/description/problem";
import { DocumentReader } from "../document";
import { type RolloutPolicy, rolloutPolicySchema, type SignedPlan, type SiteDigests, signedPlanSchema } from "./schema";

const policies = new DocumentReader<RolloutPolicy>(rolloutPolicySchema);
const plans = new DocumentReader<SignedPlan>(signedPlanSchema);

const MINUTES_OF_A_DAY = 24 * 60;

/** Reads how a rollout goes. */
export function readPolicy(document: unknown): { policy: RolloutPolicy } | { problems: Problem[] } {
  const read = policies.read(document);
  if ("problems" in read) return read;
  const { soakMinutes, expiresInDays } = read.value;
  if (soakMinutes < expiresInDays * MINUTES_OF_A_DAY) return { policy: read.value };
  const problem = {
    path: "soakMinutes",
    fact: `nothing begins after ${expiresInDays} days, and the canaries alone are watched for ${soakMinutes} minutes`,
    fix: `use less than ${expiresInDays * MINUTES_OF_A_DAY}, or more for expiresInDays`,
  };
  return { problems: [problem] };
}

/** Reads a plan; whether its signature fits is another question. */
export function readSignedPlan(document: unknown): { signed: SignedPlan } | { problems: Problem[] } {
  const read = plans.read(document);
  if ("problems" in read) return read;
  const { waves, sites } = read.value.plan;
  const listed = sites.map(({ name }) => name);
  const inWaves = waves.flat();
  const twice = (names: readonly string[], path: string) =>
    names
      .filter((name, i) => names.indexOf(name) < i)
      .map((name) => ({ path, fact: `${name} is there twice`, fix: "plan the rollout again" }));
  const problems = [
    ...twice(inWaves, "plan.waves"),
    ...twice(listed, "plan.sites"),
    ...inWaves
      .filter((name) => !listed.includes(name))
      .map((name) => ({ path: "plan.waves", fact: `${name} is none of its sites`, fix: "plan the rollout again" })),
  ];
  return problems.length > 0 ? { problems } : { signed: read.value };
}

/** What of a site is no more as it was when the rollout was planned: it may not be applied then. */
export function changedSince(planned: SiteDigests, now: SiteDigests): Problem[] {
  const what = { program: "the program", description: "the description", images: "images", versions: "versions" };
  return (Object.keys(what) as (keyof SiteDigests)[])
    .filter((key) => planned[key] !== now[key])
    .map((key) => ({
      path: key,
      fact: `${what[key]} changed since the rollout was planned`,
      fix: "plan the rollout again",
    }));
}
