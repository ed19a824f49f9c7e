import { withCounts } from "../../site/description/scale";
import type { SiteSpec } from "../../site/description/spec";
import type { Facts } from "../../site/facts/model";
import { factsOfPlan } from "../../site/facts/plan";
import { checkRules, type Finding } from "../../site/judge/rules";
import { layoutRules } from "../../site/judge/rules/catalog";
import { homelessWorkers } from "../../site/judge/workersElsewhere";
import type { Applied } from "../../site/life/applied";
import { planSite } from "../../site/plan/plan";
import type { Carried, Carrier } from "./model";

/** What the site's hosts make of counts: where the plan puts workers beside what stands, and which rules it breaks. */
export function carrierOf(spec: SiteSpec, applied: Applied): Carrier {
  const factsWith = (counts: Readonly<Record<string, number>>) =>
    // Only these counts are asked about, not the maximum.
    factsOfPlan(planSite(withoutScale(withCounts(spec, counts)), { against: applied, standing: applied }));
  const before = new Set(refusals(factsWith({})).map(key));
  return remembered((counts) => {
    const facts = factsWith(counts);
    const [broken] = refusals(facts).filter((finding) => !before.has(key(finding)));
    const [homeless] = homelessWorkers(facts);
    return {
      hosts: hostsOf(spec, facts),
      ...(broken && { broken: broken.message }),
      ...(homeless && { beyond: `the other hosts would have no room for the workers of ${homeless.host}` }),
    };
  });
}

/** A decision asks for the same counts again, and each answer is a whole plan. */
function remembered(carrier: Carrier): Carrier {
  const answers = new Map<string, Carried>();
  return (counts) => {
    const asked = JSON.stringify(Object.entries(counts).sort());
    const answer = answers.get(asked) ?? carrier(counts);
    answers.set(asked, answer);
    return answer;
  };
}

function withoutScale(spec: SiteSpec): SiteSpec {
  return { ...spec, workers: spec.workers.map(({ scale: _, ...pool }) => pool) };
}

function refusals(facts: Facts): Finding[] {
  return checkRules(facts, layoutRules).filter(({ severity }) => severity === "mandatory");
}

function key({ rule, path }: Finding): string {
  return `${rule} ${path}`;
}

function hostsOf({ workers }: SiteSpec, { machines }: Facts): Record<string, string[]> {
  const byAge = (a: string, b: string) => a.length - b.length || (a < b ? -1 : 1);
  return Object.fromEntries(
    workers.map(({ name }) => [
      name,
      machines
        .filter(({ role, pool }) => role === "worker" && pool === name)
        .sort((a, b) => byAge(a.name, b.name))
        .map(({ host = "" }) => host),
    ]),
  );
}
