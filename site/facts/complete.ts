import type { SitePlan } from "../plan/model";
import type { Facts } from "./model";
import { certificateFactsOf, keyFactsOf } from "./pki";
import { factsOfPlan } from "./plan";
import { configurationsOf } from "./rendered";

/** Everything a plan tells: its layout, its keys and certificates, and the configuration it renders. */
export function completeFacts(plan: SitePlan): Facts {
  return {
    ...factsOfPlan(plan),
    objects: {
      keys: keyFactsOf(plan),
      certificates: certificateFactsOf(plan),
      configurations: configurationsOf(plan),
      ...(plan.spec.hypervisor.kind === "vsphere" && {
        vcenters: [{ path: "hypervisor", verified: !plan.spec.hypervisor.allowUnverifiedSsl }],
      }),
    },
  };
}
