import * as pulumi from "@pulumi/pulumi";
import { formatProblem, type Problem } from "../site/description/problem";
import type { SiteSpec } from "../site/description/spec";
import { completeFacts } from "../site/facts/complete";
import { survivalCautions } from "../site/judge/change";
import { refusal } from "../site/judge/refusal";
import { checkRules, type Finding, formatFinding } from "../site/judge/rules";
import type { Applied } from "../site/life/applied";
import { changeOfStanding } from "../site/life/changes/standing";
import { differences } from "../site/life/saved";
import type { EarlierPlan, SitePlan } from "../site/plan/model";
import { planSite } from "../site/plan/plan";

/** A plan that may be carried out. */
export interface SafePlan {
  plan: SitePlan;
  /** What could be better. */
  findings: Finding[];
  /** What the change of a site that runs costs. */
  cautions: Problem[];
}

/**
 * Plans a site and judges the plan before anything is made of it. Throws one error with every mandatory finding. With a
 * saved plan, machines stay where that says; what would differ from it is refused with the reasons. Without one they stay where
 * they run.
 */
export function safePlan(spec: SiteSpec, saved?: EarlierPlan, applied?: Applied): SafePlan {
  const plan = planSite(spec, { against: saved ?? applied, standing: applied });
  const change = applied ? changeOfStanding(plan, applied) : { refused: [], cautions: [] };
  if (change.refused.length > 0) {
    throw new pulumi.RunError(refusal(plan.site, "changed", change.refused.map(formatProblem)));
  }
  const findings = checkRules(completeFacts(plan));
  const refused = findings.filter(({ severity }) => severity === "mandatory");
  if (refused.length > 0) {
    throw new pulumi.RunError(refusal(plan.site, "made", refused.map(formatFinding)));
  }
  const changes = saved ? differences(plan, saved) : [];
  if (changes.length > 0) {
    throw new pulumi.RunError(
      [
        `${plan.site}: this is not what its saved plan says; run \`npx groundwork plan FILE --save\` and commit what changed`,
        ...changes.map(formatProblem),
      ].join("\n"),
    );
  }
  const losses = applied ? survivalCautions(plan, applied) : [];
  return { plan, findings, cautions: [...change.cautions, ...losses] };
}
