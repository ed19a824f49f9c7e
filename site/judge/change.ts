import { judgeChange } from "../life/changes/judge";
import type { Before } from "../life/changes/model";
import type { SitePlan } from "../plan/model";
import type { Finding } from "./rules";

/** What a changed description means for a site that runs as an earlier plan says, as findings beside those of the rules. */
export function changeFindings(plan: SitePlan, before: Before): Finding[] {
  const { refused, cautions } = judgeChange(plan, before);
  const finding =
    (severity: Finding["severity"]) =>
    ({ path, fact, fix }: (typeof refused)[number]): Finding => ({
      rule: "change",
      severity,
      path,
      message: fact,
      fix,
      source: "docs/changes.md",
    });
  return [...refused.map(finding("mandatory")), ...cautions.map(finding("advisory"))];
}
