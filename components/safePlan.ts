import * as pulumi from "@pulumi/pulumi";
import { factsOfPlan } from "../site/facts";
import { planSite, type SitePlan } from "../site/plan";
import { checkRules, type Finding, formatFinding } from "../site/rules";
import type { SiteSpec } from "../site/spec";

/** Plans a site and judges the plan before anything is made of it. Throws one error with every mandatory finding. */
export function safePlan(spec: SiteSpec): { plan: SitePlan; findings: Finding[] } {
  const plan = planSite(spec);
  const findings = checkRules(factsOfPlan(plan));
  const refused = findings.filter(({ severity }) => severity === "mandatory");
  if (refused.length > 0) {
    throw new pulumi.RunError(
      [`${plan.site}: refused before anything is made`, ...refused.map(formatFinding)].join("\n"),
    );
  }
  return { plan, findings };
}
