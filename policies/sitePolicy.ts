import type {
  EnforcementLevel,
  PolicyResource,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { ScopedPolicy } from "../sdks/pulumi/scope";
import { checkRule, type Finding, formatFinding, type Given, type Rule } from "../site/judge/rules";
import { configSchemaOf } from "./configSchema";
import type { Deployment } from "./deployment";
import { failClosed } from "./failClosed";
import { contextOf } from "./objectPolicy";
import {
  appliesTo,
  factsOf,
  isComplete,
  machinesAtTheEnd,
  type RegisteredMachines,
  siteSoFar,
  unknownsOf,
  urnOf,
} from "./registered/site";
import { registrationName } from "./registrationPolicy";
import { isMade, ofSites } from "./types";

/**
 * The policy that asks a rule of the sites as their resources were registered: a preview at its end; an update, which
 * may know more than its preview or had none, before it makes a machine, as soon as the answer can't change.
 */
export function sitePolicyOf(
  rule: Rule,
  deployment: Deployment,
  enforcementLevel: EnforcementLevel = rule.severity,
): ScopedPolicy<StackValidationPolicy & Partial<ResourceValidationPolicy>> {
  const findingsOf = (judged: RegisteredMachines, given: Given) =>
    checkRule(rule, { ...factsOf(judged, "left out"), ...contextOf(deployment) }, given);
  const isMild = (finding: Finding) => finding.severity === "advisory" && rule.severity === "mandatory";

  const judgeSoFar = ({ urn, getConfig }: ResourceValidationArgs, report: ReportViolation) => {
    const judged = siteSoFar(urn, deployment);
    if (judged === undefined || !appliesTo(judged, rule)) return;
    if (rule.decided === "at the end") return;
    if (rule.decided !== "by one machine" && !isComplete(judged)) return;
    for (const finding of findingsOf(judged, getConfig()))
      if (!isMild(finding)) deployment.tell(finding, urnOf(finding.path, judged), report);
  };
  const judge = (resources: readonly PolicyResource[], given: Given, report: ReportViolation) => {
    for (const judged of machinesAtTheEnd(resources, deployment)) {
      if (!appliesTo(judged, rule)) continue;
      const findings = findingsOf(judged, given);
      for (const finding of findings) {
        const urn = urnOf(finding.path, judged);
        if (isMild(finding)) deployment.outcome.accept({ ...finding, ...(urn !== undefined && { urn }) });
        else deployment.tell(finding, urn, report);
      }
      leaveOpen(judged, given, findings.map(formatFinding));
    }
  };
  /** The rule is undecided where unknown values could still break it. */
  const leaveOpen = (judged: RegisteredMachines, given: Given, certain: readonly string[]) => {
    const unknowns = unknownsOf(judged);
    if (unknowns.length === 0) return;
    const worst = checkRule(rule, { ...factsOf(judged, "worst"), ...contextOf(deployment) }, given);
    if (worst.map(formatFinding).every((message) => certain.includes(message))) return;
    for (const unknown of unknowns) deployment.outcome.leaveOpen({ rule: rule.id, ...unknown });
  };
  return {
    name: rule.id,
    description: `${rule.sentence} (${rule.source})`,
    enforcementLevel,
    scope: { resource: isMade, stack: ofSites },
    remediationSteps: rule.fix,
    configSchema: configSchemaOf(rule),
    validateStack: ({ resources, getConfig }, report) =>
      failClosed(rule, deployment, { name: "stack" }, report, () => {
        const unseen = resources.find(({ type, urn }) => isMade(type) && !deployment.knows(urn));
        if (unseen)
          report(
            `${unseen.name}: cannot be judged, because the policy ${registrationName} is off; switch it on`,
            unseen.urn,
          );
        else judge(resources, getConfig(), report);
      }),
    // Advice stops nothing: it is given once, at the end, where it can name the resource that it is about.
    ...(rule.severity === "mandatory" && {
      validateResource: (resource: ResourceValidationArgs, report: ReportViolation) => {
        if (deployment.isPreview || !isMade(resource.type)) return;
        failClosed(rule, deployment, resource, report, () => judgeSoFar(resource, report));
      },
    }),
  };
}
