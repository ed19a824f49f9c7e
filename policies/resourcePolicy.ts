import type { EnforcementLevel, ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { type Deployment, thisDeployment } from "./deployment";
import { known, Unknown } from "./known";

/** What is wrong with a resource and what to do about it. */
export interface Violation {
  fact: string;
  fix: string;
}

/** A question to one resource at a time, asked before it is made. */
export interface ResourceRule {
  id: string;
  /** What holds when nobody breaks the rule, as a sentence. */
  title: string;
  /** The row of the requirements it serves. */
  row: string;
  severity: "mandatory" | "advisory";
  /** The resources it is about. */
  types: readonly string[];
  check(resource: ResourceValidationArgs): Violation[];
}

/** The policy that asks a rule of every resource it is about. */
export function resourcePolicyOf(
  rule: ResourceRule,
  enforcementLevel: EnforcementLevel = rule.severity,
  deployment: Deployment = thisDeployment,
): ResourceValidationPolicy {
  return {
    name: rule.id,
    description: `${rule.title} (${rule.row})`,
    enforcementLevel,
    validateResource: (resource, reportViolation) => {
      if (!rule.types.includes(resource.type)) return;
      const violations = known(() => rule.check(resource));
      if (violations instanceof Unknown) {
        deployment.leaveOpen({ policy: rule.id, resource: resource.name, what: violations.path });
        return;
      }
      for (const { fact, fix } of violations) reportViolation(`${resource.name}: ${fact}; ${fix}`);
    },
  };
}
