import type { PolicyResource } from "@pulumi/policy";
import { Deployment } from "../../policies/deployment";
import { factsOf, type RegisteredSite, sitesAtTheEnd } from "../../policies/registered/site";
import { UnreadableSite } from "../../policies/registered/unreadable";
import type { Facts } from "../../site/facts/model";
import type { SitePlan } from "../../site/plan/model";
import type { State, Step } from "./preview";

/** Makes unknown values behave as they do in a policy. Pulumi exports it to itself only. */
const { unknownCheckingProxy } = require("@pulumi/policy/proxy") as { unknownCheckingProxy<T>(props: T): T };

/** A site as its resources say: what the owner attests, and machines where they are. */
export interface SiteSeen {
  plan: SitePlan;
  facts: Facts;
}

/** The stack's sites as they are, or as they would be. */
export function sitesSeen(steps: readonly Step[], when: "before" | "after"): SiteSeen[] {
  const deployment = new Deployment(when === "after");
  const resources = steps.flatMap((step): PolicyResource[] => {
    const state = step[when];
    return state === undefined ? [] : [resourceOf(step, state)];
  });
  for (const { type, name, urn, opts, inputs } of resources as (PolicyResource & { inputs: object })[])
    deployment.register({ type, name, urn, opts, props: unknownCheckingProxy(inputs) });
  return readable(() => sitesAtTheEnd(resources, deployment)).map((site) => ({
    plan: site.plan,
    facts: factsOf(site, "left out"),
  }));
}

/** Sites that a newer program left are not shown as they are: the program tells of them, whose preview ends with that. */
function readable(sites: () => RegisteredSite[]): RegisteredSite[] {
  try {
    return sites();
  } catch (error) {
    if (error instanceof UnreadableSite) return [];
    throw error;
  }
}

/** A resource as the engine shows it to policies: properties as they are at the end, the inputs as they were asked for. */
function resourceOf({ type, name, urn, parent }: Step, { inputs, outputs }: State): PolicyResource {
  const noOptions = { protect: false, ignoreChanges: [], aliases: [], customTimeouts: {}, additionalSecretOutputs: [] };
  return {
    type,
    name,
    urn,
    inputs,
    props: unknownCheckingProxy({ ...inputs, ...outputs }),
    opts: { ...noOptions, ...(parent && { parent }) },
    dependencies: [],
    propertyDependencies: {},
    isType: () => false,
    asType: () => undefined,
  } as unknown as PolicyResource;
}
