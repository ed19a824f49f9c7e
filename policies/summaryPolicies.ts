import type { EnforcementLevel, StackValidationPolicy } from "@pulumi/policy";
import type { ScopedPolicy } from "../sdks/pulumi/scope";
import { formatFinding } from "../site/judge/rules";
import type { Deployment } from "./deployment";
import { noSettings } from "./settings";

/** How many resources a message names. */
const most = 8;

/**
 * Says what the other policies could not decide in a preview, once for all that wait for the same. It comes last in the
 * pack, and finishes the report.
 */
export function undecidedPolicy(
  deployment: Deployment,
  enforcementLevel: EnforcementLevel = "advisory",
): ScopedPolicy<StackValidationPolicy> {
  return {
    name: "decided",
    description: "What a preview cannot know yet is said, and decided by `up`",
    enforcementLevel,
    scope: { stack: "nothing" },
    validateStack: (_, reportViolation) => {
      const waiting = new Map<string, string[]>();
      for (const [rule, questions] of questionsByRule(deployment)) {
        const shown =
          questions.length > most
            ? [...questions.slice(0, most - 1), `${questions.length - most + 1} more`]
            : questions;
        waiting.set(shown.join(", "), [...(waiting.get(shown.join(", ")) ?? []), rule]);
      }
      for (const [shown, rules] of waiting)
        reportViolation(
          `${rules.join(", ")}: undecided, because a preview cannot know ${shown}; \`up\` decides ${rules.length > 1 ? "them" : "it"}`,
        );
      deployment.outcome.finish((deployment.settings ?? noSettings).exceptions);
    },
  };
}

/** Says what others found that is milder than they are, or excepted for a time. */
export function acceptedPolicy(
  deployment: Deployment,
  enforcementLevel: EnforcementLevel = "advisory",
): ScopedPolicy<StackValidationPolicy> {
  return {
    name: "accepted",
    description: "What the owner accepts by name, excepts for a time, or cannot have better, is still said",
    enforcementLevel,
    scope: { stack: "nothing" },
    validateStack: (_, reportViolation) => {
      for (const { finding, why } of deployment.outcome.acceptedSoFar) {
        const excepted = why ? ` (excepted until ${why.until}: ${why.reason})` : "";
        reportViolation(`${finding.rule}: ${formatFinding(finding)}${excepted}`, finding.urn);
      }
    },
  };
}

function questionsByRule(deployment: Deployment): Map<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const { rule, resource, what } of deployment.outcome.undecidedSoFar) {
    const questions = grouped.get(rule) ?? [];
    const question = `${resource} (${what})`;
    if (!questions.includes(question)) questions.push(question);
    grouped.set(rule, questions);
  }
  return grouped;
}
