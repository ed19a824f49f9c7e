import type { ScopedPolicy } from "../sdks/pulumi/scope";
import type { Rule } from "../site/judge/rules";
import { allRules } from "../site/judge/rules/catalog";
import { restoreIsDrilled } from "../site/judge/rules/drills";
import { type Deployment, thisDeployment } from "./deployment";
import { drillPolicyOf } from "./drillPolicy";
import { objectPolicyOf } from "./objectPolicy";
import { registrationPolicy } from "./registrationPolicy";
import { settingsPolicy } from "./settingsPolicy";
import { sitePolicyOf } from "./sitePolicy";
import { stackPolicyOf } from "./stackPolicy";
import { acceptedPolicy, undecidedPolicy } from "./summaryPolicies";

/** Every policy of the pack. The first two see what the others read, the last two say what those leave. */
export function policies(deployment: Deployment = thisDeployment, rules: readonly Rule[] = allRules): ScopedPolicy[] {
  return [
    settingsPolicy(deployment),
    registrationPolicy(deployment),
    ...rules.map((rule) => policyOf(rule, deployment)),
    acceptedPolicy(deployment),
    undecidedPolicy(deployment),
  ];
}

/** Scope of each object, of objects together, of a drill's record, or of sites. */
function policyOf(rule: Rule, deployment: Deployment): ScopedPolicy {
  if (rule === restoreIsDrilled) return drillPolicyOf(rule, deployment);
  if (rule.about !== undefined) return objectPolicyOf(rule, deployment);
  return rule.reads !== undefined ? stackPolicyOf(rule, deployment) : sitePolicyOf(rule, deployment);
}
