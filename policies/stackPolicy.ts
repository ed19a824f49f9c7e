import type { EnforcementLevel, StackValidationPolicy } from "@pulumi/policy";
import { checkRule, formatFinding, type Given, type Rule } from "../site/judge/rules";
import type { Asking } from "./asked";
import { configSchemaOf } from "./configSchema";
import type { Deployment } from "./deployment";
import { guarded } from "./guarded";
import { contextOf, noSite } from "./objectPolicy";
import { objectsAtTheEnd } from "./registered/together";

/** The policy that asks a rule of objects together, at the end of a preview or update. */
export function stackPolicyOf(
  rule: Rule,
  deployment: Deployment,
  enforcementLevel: EnforcementLevel = rule.severity,
): Asking<StackValidationPolicy> {
  return {
    name: rule.id,
    description: `${rule.sentence} (${rule.source})`,
    enforcementLevel,
    asked: { ofStack: "everything" },
    remediationSteps: rule.fix,
    configSchema: configSchemaOf(rule),
    validateStack: ({ resources, getConfig }, report) =>
      guarded(rule, deployment, { name: "stack" }, report, () => {
        const context = { ...noSite, ...contextOf(deployment) };
        const certain = objectsAtTheEnd(resources, "left out", deployment);
        const findings = checkRule(rule, { ...context, objects: certain.objects }, getConfig<Given>());
        for (const finding of findings) deployment.tell(finding, certain.urns.get(finding.path), report);
        if (certain.unknowns.size === 0) return;
        const said = findings.map(formatFinding);
        const worst = objectsAtTheEnd(resources, "worst", deployment);
        for (const finding of checkRule(rule, { ...context, objects: worst.objects }, getConfig<Given>())) {
          const what = certain.unknowns.get(finding.path);
          if (what === undefined || said.includes(formatFinding(finding))) continue;
          deployment.outcome.leaveOpen({ rule: rule.id, resource: finding.path, what: what.join(", ") });
        }
      }),
  };
}
