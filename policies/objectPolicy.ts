import type { EnforcementLevel, ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import type { ScopedPolicy } from "../sdks/pulumi/scope";
import type { Facts } from "../site/facts/model";
import type { ObjectFacts } from "../site/facts/objects";
import { checkRule, formatFinding, type Given, type Rule } from "../site/judge/rules";
import { configSchemaOf } from "./configSchema";
import type { Deployment } from "./deployment";
import { failClosed } from "./failClosed";
import { plaintextSecretsIn } from "./plaintextSecrets";
import { factsOfResource, kindsOf, type ResourceFacts } from "./registered/objects";
import type { Assumption } from "./registered/reading";
import { addOnsOf, backupOf, imageRepositoryOf, registryOf, unplanned } from "./registered/site";
import { site } from "./types";

/** The facts of no site: what rules about single objects are asked with. */
export const noSite: Facts = { ...unplanned, hypervisor: "existing" };

/** The policy that asks a rule of each object it is about, before the object is made. */
export function objectPolicyOf(
  rule: Rule,
  deployment: Deployment,
  enforcementLevel: EnforcementLevel = rule.severity,
): ScopedPolicy<ResourceValidationPolicy> {
  const judge = (resource: ResourceValidationArgs, report: (message: string, urn?: string) => void) => {
    const { urn, name } = resource;
    const judgedWith = (assume: Assumption) => {
      const { objects, unknowns } = factsOnce(resource, assume, deployment);
      const facts = { ...noSite, ...contextOf(deployment), objects: withPlain(rule, objects, resource, deployment) };
      return { findings: checkRule(rule, facts, resource.getConfig<Given>()), unknowns };
    };
    const { findings, unknowns } = judgedWith("left out");
    for (const finding of findings) deployment.tell(finding, urn, report);
    if (unknowns.length === 0) return;
    const said = findings.map(formatFinding);
    if (judgedWith("worst").findings.every((finding) => said.includes(formatFinding(finding)))) return;
    deployment.outcome.leaveOpen({ rule: rule.id, resource: name, what: unknowns.join(", ") });
  };
  return {
    name: rule.id,
    description: `${rule.sentence} (${rule.source})`,
    enforcementLevel,
    scope: {
      resource: (type) => isAbout(rule, type),
      ...(isOfState(rule) && {
        inspect: ({ type, urn, props }) => deployment.keepPlaintextSecrets(urn, plaintextSecretsIn(type, props)),
      }),
    },
    remediationSteps: rule.fix,
    configSchema: configSchemaOf(rule),
    validateResource: (resource, report) => {
      if (isAbout(rule, resource.type)) failClosed(rule, deployment, resource, report, () => judge(resource, report));
    },
  };
}

function isAbout(rule: Rule, type: string): boolean {
  return isOfState(rule) ? !type.startsWith("pulumi:pulumi:") : kindsOf(type).some((kind) => kind === rule.about);
}

/** The rule about secrets that lie open in the state is about every resource. */
function isOfState(rule: Rule): boolean {
  return rule.scope === "state";
}

function withPlain(
  rule: Rule,
  objects: Partial<ObjectFacts>,
  { urn, name }: ResourceValidationArgs,
  deployment: Deployment,
): Partial<ObjectFacts> {
  if (!isOfState(rule)) return objects;
  const plain = deployment.plaintextSecretsOf(urn);
  if (plain === undefined) throw new Error("nobody saw which of its properties are secrets");
  return { exposures: plain.map(({ place, secret }) => ({ path: name, where: "state", place, secret })) };
}

/** What rules about objects also read: the settings, the clock, and the site's own image repository, registry and add-ons. */
export function contextOf(
  deployment: Deployment,
): Pick<Facts, "now" | "backup" | "encryption" | "imageRepository" | "nodeAddOns" | "registry"> {
  const own = deployment.first(site);
  const repository = own && imageRepositoryOf(own);
  // The owner knows when the last one succeeded; the description, where they go.
  const described = own && backupOf(own);
  const attested = deployment.settings?.backup;
  const backup = described && attested ? { ...described, ...attested } : (attested ?? described);
  return {
    now: deployment.now(),
    ...(backup && { backup }),
    ...(deployment.settings?.encryption && { encryption: deployment.settings.encryption }),
    ...(repository !== undefined && { imageRepository: repository }),
    ...(own && addOnsOf(own)),
    ...(own && registryOf(own)),
  };
}

const factsByArrival = new WeakMap<object, Partial<Record<Assumption, ResourceFacts>>>();

/** Every rule about an object asks for the same facts. */
function factsOnce(resource: ResourceValidationArgs, assume: Assumption, deployment: Deployment): ResourceFacts {
  const arrival = deployment.arrivalOf(resource.urn);
  const facts = factsByArrival.get(arrival) ?? {};
  factsByArrival.set(arrival, facts);
  facts[assume] ??= factsOfResource(resource, assume);
  return facts[assume];
}
