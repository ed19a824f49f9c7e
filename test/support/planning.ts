import { parseSite } from "../../site/description/parse";
import type { Role, SiteInput } from "../../site/description/spec";
import type { Facts } from "../../site/facts/model";
import { factsOfPlan } from "../../site/facts/plan";
import { checkRules, type Finding } from "../../site/judge/rules";
import type { EarlierPlan, SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";

/** A planned site with what is said of it. */
export interface Planned {
  plan: SitePlan;
  facts: Facts;
  mandatory: Finding[];
  advisory: Finding[];
  /** The hosts of a role's machines, in the order of their names. */
  hostsOf(role: Role): string[];
  finding(rule: string): Finding | undefined;
}

export function planned(input: SiteInput, against?: EarlierPlan): Planned {
  const plan = planSite(parseSite(input), { against });
  const facts = factsOfPlan(plan);
  const findings = checkRules(facts);
  return {
    plan,
    facts,
    mandatory: findings.filter((f) => f.severity === "mandatory"),
    advisory: findings.filter((f) => f.severity === "advisory"),
    hostsOf: (role) => plan.machines.filter((m) => m.role === role).map((m) => m.host),
    finding: (rule) => findings.find((f) => f.rule === rule),
  };
}

/** How often the most frequent value occurs. */
export function most(values: readonly string[]): number {
  return Math.max(0, ...values.map((value) => values.filter((v) => v === value).length));
}
