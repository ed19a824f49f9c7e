import type { SitePlan } from "../plan/model";

/** Time sources: certificates and etcd's leases need clocks that agree. */
export function chronySources(plan: SitePlan): string {
  return plan.spec.network.ntp.map((server) => `server ${server} iburst\n`).join("");
}
