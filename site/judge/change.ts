import { capabilitiesOf } from "../description/hypervisors";
import type { Problem } from "../description/problem";
import { STORES } from "../description/stores";
import { factsOfPlan } from "../facts/plan";
import { factsOfStanding } from "../facts/standing";
import type { Applied } from "../life/applied";
import { judgeChange } from "../life/changes/judge";
import type { Before } from "../life/changes/model";
import { changeOfStanding } from "../life/changes/standing";
import type { SitePlan } from "../plan/model";
import { lossesOf } from "./failures/survival";
import type { Finding } from "./rules";

/**
 * What a changed description means for a site that runs, as findings beside those of the rules.
 *
 * @param before what stands, or an earlier plan, of which versions and rotations are not compared
 */
export function changeFindings(plan: SitePlan, before: Before | Applied): Finding[] {
  const { refused, cautions } = "kubernetes" in before ? changeOfStanding(plan, before) : judgeChange(plan, before);
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
  const standing = machines.flatMap((machine) => {
    const role = machine.role ?? roleOf(plan, machine.name);
    return role === undefined ? [] : [{ ...machine, role }];
  });
  if (standing.length < machines.length || standing.length === 0) return [];
  return lossesOf(factsOfStanding(plan, standing), factsOfPlan(plan)).map((fact) => ({
    path: "survival",
    fact,
    fix: "if that is not meant, keep what it takes; `npx groundwork plan FILE` tells what each failure costs",
  }));
}

/** What a machine is for, of which a saved plan tells only the name: that of machines that leave says it, where the program gave it. */
function roleOf(plan: SitePlan, name: string): string | undefined {
  const planned = plan.machines.find((machine) => machine.name === name);
  if (planned) return planned.role;
  if (!capabilitiesOf(plan.spec.hypervisor.kind).makesMachines || !name.startsWith(`${plan.site}-`)) return undefined;
  const group = name.slice(plan.site.length + 1).replace(/-[a-z]+$/, "");
  return [...STORES, "load-balancer", "control-plane"].find((role) => role === group) ?? "worker";
}
