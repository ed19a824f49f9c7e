import type { EnforcementLevel, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { ScopedPolicy } from "../sdks/pulumi/scope";
import type { Deployment } from "./deployment";
import { failClosed } from "./failClosed";
import { siteSoFar, sitesAtTheEnd } from "./registered/site";
import { isMade, ofSites } from "./types";
import { Unknown } from "./unknown";

export const registrationName = "machines-recognised";

const rule = {
  id: registrationName,
  severity: "mandatory",
  source: "L3, L10",
  message: "no virtual machine was registered for it, so nothing is known of its host and disks",
  fix: "leave its virtual machine's parent as it is, and don't leave it out with --target",
} as const;

const early = {
  message: "its host and its datastores cannot be named before it is made",
  fix: "take their ids from the site's Datacenter, which names them and is registered before it gives one",
} as const;

/** Whether it is known where a site's machine will lie. */
function isPlaced(urn: string, deployment: Deployment): boolean {
  const site = siteSoFar(urn, deployment);
  const machine = site?.plan && site.machines.find((made) => made.urn === urn);
  if (machine === undefined) return true; // Of no site, or of none of its machines: told at the end.
  return ![machine.host, ...machine.disks.map(({ datastore }) => datastore)].some((place) => place instanceof Unknown);
}

/** Remembers what the rules of a site read, and says where that is not enough to judge it. It comes first in the pack. */
export function registrationPolicy(
  deployment: Deployment,
  enforcementLevel: EnforcementLevel = "mandatory",
): ScopedPolicy<StackValidationPolicy & ResourceValidationPolicy> {
  return {
    name: registrationName,
    description: "Every planned machine is a registered virtual machine, so that it can be judged (L3, L10)",
    enforcementLevel,
    scope: { resource: () => true, stack: ofSites },
    validateResource: (resource, report) => {
      if (ofSites.has(resource.type)) deployment.register(resource);
      else deployment.place(resource);
      // An update judges a machine before it makes it, and a site before any; at a preview's end everything is there.
      if (deployment.isPreview || !isMade(resource.type)) return;
      const { name, urn } = resource;
      failClosed(rule, deployment, resource, report, () => {
        if (!isPlaced(urn, deployment))
          deployment.tell({ ...rule, ...early, rule: rule.id, path: `machines.${name}` }, urn, report);
      });
    },
    validateStack: ({ resources }, report) =>
      failClosed(rule, deployment, { name: "stack" }, report, () => {
        for (const { urn, absent } of sitesAtTheEnd(resources, deployment))
          for (const name of absent) deployment.tell({ ...rule, rule: rule.id, path: `machines.${name}` }, urn, report);
      }),
  };
}
