import { byName } from "../../site/description/order";
import type { Problem } from "../../site/description/problem";
import type { RolloutPlan, RolloutPolicy, RolloutSite } from "./schema";
import { Openings } from "./windows";

/** A site that a rollout is asked for, with what was found out about it. */
export interface Candidate extends RolloutSite {
  /** What is lost if it goes wrong: the number of its machines. Sites that have fewer go first. */
  machines: number;
  verdict: { is: "safe" | "unsafe" | "unjudged"; reasons: string[] };
}

/** Sites that are told of when none may be changed. */
const MOST_TOLD = 20;
const DAY = 24 * 60 * 60_000;

/**
 * The plan of a rollout: which sites, in which waves. Sites that are not safe are left out, and told.
 *
 * @param withUnjudged takes in those that nobody could judge
 */
export function planRollout(
  candidates: readonly Candidate[],
  policy: RolloutPolicy,
  now: number,
  { withUnjudged = false } = {},
): { plan: RolloutPlan } | { problems: Problem[] } {
  const expires = now + policy.expiresInDays * DAY;
  const isIn = ({ verdict }: Candidate) => verdict.is === "safe" || (withUnjudged && verdict.is === "unjudged");
  const chosen = candidates.filter(isIn).sort((a, b) => a.machines - b.machines || byName(a.name, b.name));
  const named = Array.isArray(policy.canaries) ? policy.canaries : [];
  const problems: Problem[] = named.flatMap((name, i): Problem[] => {
    if (named.indexOf(name) < i)
      return [{ path: `canaries[${i}]`, fact: `${name} is there twice`, fix: "name it once" }];
    if (chosen.some((site) => site.name === name)) return [];
    const known = candidates.find((site) => site.name === name);
    const fact = known ? `${name} is ${known.verdict.is}` : `there is no site ${name} among those of the rollout`;
    return [{ path: `canaries[${i}]`, fact, fix: "name another one" }];
  });
  const openings = new Openings(policy.siteMinutes, now, expires);
  for (const { name, maintenance } of chosen)
    if (openings.of(maintenance) === undefined)
      problems.push({
        path: `sites.${name}.maintenance`,
        fact: `no window is open for the ${policy.siteMinutes} minutes that a site may take, before the plan expires`,
        fix: "open a longer one, or lower siteMinutes",
      });
  const labels = new Set(candidates.flatMap((site) => Object.keys(site.labels)));
  for (const label of Object.keys(policy.atOncePer))
    if (!labels.has(label))
      problems.push({ path: `atOncePer.${label}`, fact: "no site has this label", fix: "correct or remove it" });
  if (chosen.length === 0) problems.push(...noneProblems(candidates));
  if (problems.length > 0) return { problems };
  return {
    plan: {
      version: 1,
      made: new Date(now).toISOString(),
      expires: new Date(expires).toISOString(),
      policy,
      waves: wavesOf(
        chosen.map(({ name }) => name),
        policy,
      ),
      sites: chosen.map(({ name, labels, maintenance, digests }) => ({ name, labels, maintenance, digests })),
      leftOut: candidates
        .filter((site) => !isIn(site))
        .map(({ name, verdict: { is, reasons } }) => ({
          site: name,
          why: whyNot({ is, reasons }),
        })),
    },
  };
}

function whyNot({ is, reasons }: Candidate["verdict"]): string {
  return (is === "unsafe" ? "unsafe: " : "cannot be judged: ") + reasons.join("; ").slice(0, 3900);
}

/** Why there is no site to be changed, so many of them told. */
function noneProblems(candidates: readonly Candidate[]): Problem[] {
  const fix = "mend that, or choose other sites";
  const told = candidates.slice(0, MOST_TOLD).map(({ name, verdict }) => ({
    path: `sites.${name}`,
    fact: whyNot(verdict),
    fix,
  }));
  const more = candidates.length - told.length;
  return more > 0 ? [...told, { path: "sites", fact: `${more} more may not be changed either`, fix }] : told;
}

/** Canaries first, then each wave by its size; what is left over is the last one. */
function wavesOf(names: readonly string[], { canaries, waves }: RolloutPolicy): string[][] {
  const first = Array.isArray(canaries) ? canaries : names.slice(0, canaries);
  const rest = names.filter((name) => !first.includes(name));
  const sizes = waves.map((wave) =>
    "count" in wave ? wave.count : Math.max(1, Math.floor(wave.share * names.length)),
  );
  const cut: string[][] = [];
  for (const size of sizes) cut.push(rest.splice(0, size));
  return [[...first], ...cut, rest].filter((wave) => wave.length > 0);
}
