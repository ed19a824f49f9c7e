import type { ScopedPolicy } from "../sdks/pulumi/scope";
import type { Rule } from "../site/judge/rules";
import { allRules } from "../site/judge/rules/catalog";
import { type Deployment, thisDeployment } from "./deployment";
import { drillPolicyOf } from "./drillPolicy";
import { objectPolicyOf } from "./objectPolicy";
import { registrationPolicy } from "./registrationPolicy";
import { settingsPolicy } from "./settingsPolicy";
import { sitePolicyOf } from "./sitePolicy";
import { stackPolicyOf } from "./stackPolicy";
import { acceptedPolicy, undecidedPolicy } from "./summaryPolicies";

/**
 * Every policy of the pack. The first two see what the others read, the last two say what those leave.
 *
 * @param pages the folder of the rules' pages, as findings name it
 */
export function policies(
  deployment: Deployment = thisDeployment,
  rules: readonly Rule[] = allRules,
  pages = "docs/policies",
): ScopedPolicy[] {
  return [
    settingsPolicy(deployment),
    registrationPolicy(deployment),
    ...rules.map((rule) => {
      const policy = policyOf(rule, deployment);
      return { ...policy, description: `${policy.description}; see ${pages}/${rule.id}.md` };
    }),
    acceptedPolicy(deployment),
    undecidedPolicy(deployment),
  ];
}

/** Asked of sites, of each object, of objects together, or of a drill's record. */
function policyOf(rule: Rule, deployment: Deployment): ScopedPolicy {
  switch (rule.scope) {
    case "site":
      return sitePolicyOf(rule, deployment);
    case "object":
    case "state":
      return objectPolicyOf(rule, deployment);
    case "stack":
      return stackPolicyOf(rule, deployment);
    case "drill":
      return drillPolicyOf(rule, deployment);
  }
}
