import type { EnforcementLevel, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { Deployment } from "./deployment";
import { guarded } from "./guarded";
import { sitesAtTheEnd } from "./registered/site";
import * as types from "./types";

/** What the rules of a site read. */
const read: ReadonlySet<string> = new Set([
  types.site,
  types.datacenter,
  types.vsphereMachine,
  types.virtualMachine,
  types.antiAffinityRule,
  types.hostRule,
  types.hostGroup,
  types.virtualMachineGroup,
  types.vmfsDatastore,
]);

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
): StackValidationPolicy & ResourceValidationPolicy {
  return {
    name: recognisedName,
    description: "Every planned machine is a registered virtual machine, so that it can be judged (L3, L10)",
    enforcementLevel,
    validateResource: (resource) => {
      if (read.has(resource.type)) deployment.register(resource);
      else deployment.place(resource);
    },
    validateStack: ({ resources }, report) =>
      guarded(rule, deployment, { name: "stack" }, report, () => {
        for (const { urn, absent } of sitesAtTheEnd(resources, deployment))
          for (const name of absent) deployment.tell({ ...rule, rule: rule.id, path: `machines.${name}` }, urn, report);
      }),
  };
}
