import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EnforcementLevel, PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import type { ScopedPolicy } from "../sdks/pulumi/scope";
import { type DrillFact, drillFact } from "../site/facts/drill";
import { factsOfPlan } from "../site/facts/plan";
import { checkRule, type Given, type Rule } from "../site/judge/rules";
import type { SitePlan } from "../site/plan/model";
import { configSchemaOf } from "./configSchema";
import type { Deployment } from "./deployment";
import { drillsFolder } from "./drillsFolder";
import { failClosed } from "./failClosed";
import { Reading } from "./registered/reading";
import type { DrillSettings } from "./settings";
import { privateKey, site } from "./types";

/** The policy that asks a rule of each site and what is on record of its last drill. */
export function drillPolicyOf(
  rule: Rule,
  deployment: Deployment,
  enforcementLevel: EnforcementLevel = rule.severity,
): ScopedPolicy<StackValidationPolicy> {
  return {
    name: rule.id,
    description: `${rule.sentence} (${rule.source})`,
    enforcementLevel,
    remediationSteps: rule.fix,
    configSchema: configSchemaOf(rule),
    scope: { stack: new Set([privateKey]) },
    validateStack: ({ resources, getConfig }, report) =>
      failClosed(rule, deployment, { name: "stack" }, report, () => {
        for (const { type, urn, props } of deployment.registered()) {
          if (type !== site) continue;
          const plan = Reading.of(props, "left out").at("plan").as(isPlan);
          if (!plan) continue;
          const drill = lastDrill(urn, plan.site, resources, deployment.settings?.drill);
          const facts = { ...factsOfPlan(plan), now: deployment.now(), ...(drill && { drill }) };
          for (const finding of checkRule(rule, facts, getConfig<Given>())) deployment.tell(finding, urn, report);
        }
      }),
  };
}

function isPlan(value: unknown): value is SitePlan {
  return typeof value === "object" && value !== null && "spec" in value && "machines" in value;
}

/** What is on record of a stack's last drill. The records lie in the project's folder, unless it is set where. */
function lastDrill(
  urn: string,
  name: string,
  resources: readonly PolicyResource[],
  { folder = drillsFolder(process.cwd()), signers }: DrillSettings = {},
): DrillFact | undefined {
  const [, stack = ""] = /^urn:pulumi:([^:]+)::/.exec(urn) ?? [];
  const file = join(folder, `${stack}.json`);
  if (!existsSync(file)) return undefined;
  const signature = existsSync(`${file}.sig`) ? readFileSync(`${file}.sig`, "utf8") : "";
  return drillFact(readFileSync(file, "utf8"), signature, signers ?? ownKeys(name, resources), name);
}

/** The site's SSH login; not known before it is made. */
function ownKeys(name: string, resources: readonly PolicyResource[]): string[] | undefined {
  const login = resources.find((resource) => resource.type === privateKey && resource.name === `${name}-ssh-access`);
  const key = login && Reading.of(login.props, "left out").at("publicKeyOpenssh").text();
  return key ? [key] : undefined;
}
