import type { Problem } from "../description/problem";
import { factsOfPlan } from "../facts/plan";
import { factsOfStanding } from "../facts/standing";
import { judgeChange } from "../life/changes/judge";
import type { Before } from "../life/changes/model";
import type { SitePlan } from "../plan/model";
import { lossesOf } from "./failures/survival";
import type { Finding } from "./rules";

/** What a changed description means for a site that runs as an earlier plan says, as findings beside those of the rules. */
export function changeFindings(plan: SitePlan, before: Before): Finding[] {
  const { refused, cautions } = judgeChange(plan, before);
  const finding =
    (severity: Finding["severity"]) =>
    ({ path, fact, fix }: Problem): Finding => ({
      rule: "change",
      severity,
      path,
      message: fact,
      fix,
      source: "docs/changes.md",
    });
  const losses = refused.length > 0 ? [] : survivalCautions(plan, before);
  return [...refused.map(finding("mandatory")), ...[...cautions, ...losses].map(finding("advisory"))];
}

/** Single failures that would cost what they did not cost before, where no rule refuses it. */
export function survivalCautions(plan: SitePlan, { machines }: Before): Problem[] {
  const standing = machines.flatMap((machine) =>
    machine.role === undefined ? [] : [{ ...machine, role: machine.role }],
  );
  // Saved plans of an early program do not say what their machines are for.
  if (standing.length < machines.length || standing.length === 0) return [];
  return lossesOf(factsOfStanding(plan, standing), factsOfPlan(plan)).map((fact) => ({
    path: "survival",
    fact,
    fix: "if that is not meant, keep what it takes; `npx groundwork plan FILE` tells what each failure costs",
  }));
}
