import type {
  EnforcementLevel,
  PolicyResource,
  ReportViolation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { checkRule, type Finding, formatFinding, type Rule } from "../site/rules";
import { type Deployment, thisDeployment } from "./deployment";
import { recognisedName } from "./recognised";
import { factsOf, type RegisteredSite, siteSoFar, sitesAtTheEnd, unknownsOf, urnOf } from "./registered/site";
import { site, virtualMachine } from "./types";

/** Rules whose findings stand whatever else is registered later. An update asks them before it makes each machine. */
const early: ReadonlySet<string> = new Set([
  "etcd-distinct-devices",
  "etcd-device-known",
  "etcd-memory",
  "etcd-disk",
  "etcd-magnetic-disk",
  "control-plane-size",
  "disk-on-its-host",
  "host-memory",
  "host-cpus",
  "device-space",
]);

/** Rules that also read DRS rules, which are registered after the machines. */
const late: ReadonlySet<string> = new Set(["anti-affinity-mandatory", "vm-host-mandatory"]);

/**
 * The policy that asks a rule of the sites as their resources were registered: a preview at its end; an update, which
 * may know more than its preview or had none, before it makes a machine, as soon as the answer can't change.
 */
export function policyOf(
  rule: Rule,
  enforcementLevel: EnforcementLevel = rule.severity,
  deployment: Deployment = thisDeployment,
): StackValidationPolicy & Partial<ResourceValidationPolicy> {
  const findingsOf = (site: RegisteredSite) =>
    checkRule(rule, factsOf(site, "left out")).map((finding) => ({
      finding,
      message: formatFinding(finding),
      urn: urnOf(finding.path, site),
    }));
  const isMild = (finding: Finding) => finding.severity === "advisory" && rule.severity === "mandatory";

  const judgeSoFar = (machine: string, report: ReportViolation) => {
    const site = siteSoFar(machine, deployment);
    if (site === undefined || !(early.has(rule.id) || (isComplete(site) && !late.has(rule.id)))) return;
    for (const { finding, message, urn } of findingsOf(site)) {
      if (isMild(finding) || deployment.wasTold(rule.id, message)) continue;
      deployment.told(rule.id, message);
      report(message, urn);
    }
  };
  const judge = (resources: readonly PolicyResource[], report: ReportViolation) => {
    for (const site of sitesAtTheEnd(resources, deployment)) {
      const findings = findingsOf(site);
      for (const { finding, message, urn } of findings) {
        if (isMild(finding)) deployment.accept({ policy: rule.id, message, urn });
        else if (!deployment.wasTold(rule.id, message)) report(message, urn);
      }
      leaveOpen(
        site,
        findings.map(({ message }) => message),
      );
    }
  };
  /** The rule is undecided where unknown values could still break it. */
  const leaveOpen = (site: RegisteredSite, certain: readonly string[]) => {
    const unknowns = unknownsOf(site);
    if (unknowns.length === 0) return;
    const possible = checkRule(rule, factsOf(site, "worst")).map(formatFinding);
    if (possible.every((message) => certain.includes(message))) return;
    for (const unknown of unknowns) deployment.leaveOpen({ policy: rule.id, ...unknown });
  };
  return {
    name: rule.id,
    description: `${rule.sentence} (${rule.source})`,
    enforcementLevel,
    remediationSteps: rule.fix,
    validateStack: ({ resources }, report) => {
      const unseen = resources.find(({ type, urn }) => type === site && !deployment.knows(urn));
      if (unseen)
        report(
          `${unseen.name}: cannot be judged, because the policy ${recognisedName} is off; switch it on`,
          unseen.urn,
        );
      else judge(resources, report);
    },
    // Advice stops nothing: it is given once, at the end, where it can name the resource that it is about.
    ...(rule.severity === "mandatory" && {
      validateResource: onlyFor(virtualMachine, ({ urn }, report) => {
        if (!deployment.isPreview) judgeSoFar(urn, report);
      }),
    }),
  };
}

/** Whether every machine of the plan was registered. */
function isComplete({ plan, machines }: RegisteredSite): boolean {
  return machines.length === plan.machines.filter(({ existing }) => existing === undefined).length;
}

type Validation = Extract<ResourceValidationPolicy["validateResource"], (...args: never) => unknown>;

/** Lets the policy server pass over all other resources without reading them. */
function onlyFor(type: string, validate: Validation): Validation {
  return Object.assign(validate, { __pulumiType: type });
}
