import type { EnforcementLevel, StackValidationPolicy } from "@pulumi/policy";
import { type Deployment, thisDeployment, type Undecided } from "./deployment";

/** How many resources a message names. */
const most = 8;

/** Says what the other policies could not decide in a preview, once for each of them. It comes last in the pack. */
export function decided(
  enforcementLevel: EnforcementLevel = "advisory",
  deployment: Deployment = thisDeployment,
): StackValidationPolicy {
  return {
    name: "decided",
    description: "What a preview cannot know yet is said, and decided by `up`",
    enforcementLevel,
    validateStack: (_, reportViolation) => {
      for (const [policy, open] of byPolicy(deployment.takeOpen())) {
        const questions = [...new Set(open.map(({ resource, what }) => `${resource} (${what})`))];
        const shown =
          questions.length > most
            ? [...questions.slice(0, most - 1), `${questions.length - most + 1} more`]
            : questions;
        reportViolation(`${policy}: undecided, because a preview cannot know ${shown.join(", ")}; \`up\` decides it`);
      }
    },
  };
}

/** Says what others found that is milder than they are: accepted by name, or without a better choice. */
export function accepted(
  enforcementLevel: EnforcementLevel = "advisory",
  deployment: Deployment = thisDeployment,
): StackValidationPolicy {
  return {
    name: "accepted",
    description: "What the owner accepts by name, or cannot have better, is still said",
    enforcementLevel,
    validateStack: (_, reportViolation) => {
      for (const { policy, message, urn } of deployment.takeAccepted()) reportViolation(`${policy}: ${message}`, urn);
    },
  };
}

function byPolicy(open: Undecided[]): Map<string, Undecided[]> {
  const grouped = new Map<string, Undecided[]>();
  for (const question of open) grouped.set(question.policy, [...(grouped.get(question.policy) ?? []), question]);
  return grouped;
}
