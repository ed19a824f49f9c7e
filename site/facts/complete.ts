import { vcenterOf } from "../description/hypervisors";
import type { SitePlan } from "../plan/model";
import type { Facts } from "./model";
import { certificateFactsOf, keyFactsOf } from "./pki";
import { factsOfPlan } from "./plan";
import { configurationsOf } from "./rendered";

/** Everything a plan tells: its layout, its keys and certificates, and the configuration it renders for each kind of machine. */
export function completeFacts(plan: SitePlan): Facts {
  const vcenter = vcenterOf(plan.spec.hypervisor);
  return {
    ...factsOfPlan(plan),
    objects: {
      keys: keyFactsOf(plan),
      certificates: certificateFactsOf(plan),
      configurations: configurationsOf(plan),
      ...(vcenter && { vcenters: [{ path: "hypervisor", verified: !vcenter.allowUnverifiedSsl }] }),
    },
  };
}
