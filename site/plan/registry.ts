import { localRegistry, REGISTRY_PORT } from "../description/registry";
import type { MachinePlan, SitePlan } from "./model";
import { machinesOf } from "./roles";

/** The machines that have a copy of the site's own registry: two control planes, on two hosts where they are. */
export function registryMachines(plan: Pick<SitePlan, "spec" | "machines">): MachinePlan[] {
  if (localRegistry(plan.spec) === undefined) return [];
  const [first, ...others] = machinesOf(plan, "control-plane");
  if (first === undefined) return [];
  const second = others.find(({ host }) => host !== first.host) ?? others[0];
  return second ? [first, second] : [first];
}

/** `host:port` of a copy. */
export function registryAt({ address }: Pick<MachinePlan, "address">): string {
  return `${address}:${REGISTRY_PORT}`;
}

/** Where the site's own registry answers, `host:port`: at the virtual address first, where there is one, then each copy. */
export function registryEndpoints(plan: SitePlan): string[] {
  const copies = registryMachines(plan);
  if (copies.length === 0) return [];
  return [...(plan.vip === undefined ? [] : [`${plan.vip}:${REGISTRY_PORT}`]), ...copies.map(registryAt)];
}
