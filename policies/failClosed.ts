import type { ReportViolation } from "@pulumi/policy";
import type { Rule } from "../site/judge/rules";
import type { Deployment } from "./deployment";
import { UnreadableSite } from "./registered/unreadable";

/** Runs a rule. One that fails by itself is a violation: what could not be judged has not passed. */
export function failClosed(
  rule: Pick<Rule, "id" | "severity" | "source">,
  deployment: Deployment,
  { name, urn }: { name: string; urn?: string },
  report: ReportViolation,
  judge: () => void,
): void {
  try {
    judge();
  } catch (error) {
    if (error instanceof UnreadableSite) {
      deployment.tell(error.finding("machines-recognised"), error.urn, report);
      return;
    }
    const why = error instanceof Error ? error.message : String(error);
    const finding = {
      rule: rule.id,
      severity: rule.severity,
      source: rule.source,
      path: name,
      message: `could not be judged by ${rule.id}, which failed (${why})`,
      fix: "correct the policy, or except the resource while that is being done",
    };
    deployment.tell(finding, urn, report);
  }
}
