import type { EnforcementLevel, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { Asking } from "./asked";
import type { Deployment } from "./deployment";
import { guarded } from "./guarded";
import { sitesAtTheEnd } from "./registered/site";
import { ofSites } from "./types";

export const recognisedName = "machines-recognised";

const rule = {
  id: recognisedName,
  severity: "mandatory",
  source: "L3, L10",
  message: "no virtual machine was registered for it, so nothing is known of its host and disks",
  fix: "leave its virtual machine's parent as it is, and don't leave it out with --target",
} as const;

/** Remembers what the rules of a site read, and says where that is not enough to judge it. It comes first in the pack. */
export function recognised(
  deployment: Deployment,
  enforcementLevel: EnforcementLevel = "mandatory",
): Asking<StackValidationPolicy & ResourceValidationPolicy> {
  return {
    name: recognisedName,
    description: "Every planned machine is a registered virtual machine, so that it can be judged (L3, L10)",
    enforcementLevel,
    asked: { ofResource: () => true, ofStack: ofSites },
    validateResource: (resource) => {
      if (ofSites.has(resource.type)) deployment.register(resource);
      else deployment.place(resource);
    },
    validateStack: ({ resources }, report) =>
      guarded(rule, deployment, { name: "stack" }, report, () => {
        for (const { urn, absent } of sitesAtTheEnd(resources, deployment))
          for (const name of absent) deployment.tell({ ...rule, rule: rule.id, path: `machines.${name}` }, urn, report);
      }),
  };
}
