import type { EnforcementLevel, StackValidationPolicy } from "@pulumi/policy";
import type { ScopedPolicy } from "../sdks/pulumi/scope";
import { checkRule, formatFinding, type Given, type Rule } from "../site/judge/rules";
import { configSchemaOf } from "./configSchema";
import type { Deployment } from "./deployment";
import { failClosed } from "./failClosed";
import { contextOf, noSite } from "./objectPolicy";
import { stackObjects } from "./registered/stackObjects";

/** The policy that asks a rule of objects together, at the end of a preview or update. */
export function stackPolicyOf(
  rule: Rule,
  deployment: Deployment,
  enforcementLevel: EnforcementLevel = rule.severity,
): ScopedPolicy<StackValidationPolicy> {
  return {
    name: rule.id,
    description: `${rule.sentence} (${rule.source})`,
    enforcementLevel,
    scope: { stack: "everything" },
    remediationSteps: rule.fix,
    configSchema: configSchemaOf(rule),
    validateStack: ({ resources, getConfig }, report) =>
      failClosed(rule, deployment, { name: "stack" }, report, () => {
        const context = { ...noSite, ...contextOf(deployment) };
        const certain = stackObjects(resources, "left out", deployment);
        const findings = checkRule(rule, { ...context, objects: certain.objects }, getConfig<Given>());
        for (const finding of findings) deployment.tell(finding, certain.urns.get(finding.path), report);
        if (certain.unknowns.size === 0) return;
        const said = findings.map(formatFinding);
        const worst = stackObjects(resources, "worst", deployment);
        for (const finding of checkRule(rule, { ...context, objects: worst.objects }, getConfig<Given>())) {
          const what = certain.unknowns.get(finding.path);
          if (what === undefined || said.includes(formatFinding(finding))) continue;
          deployment.outcome.leaveOpen({ rule: rule.id, resource: finding.path, what: what.join(", ") });
        }
      }),
  };
}
