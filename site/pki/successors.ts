import { succession } from "../description/succession";
import type { MachinePlan, SitePlan } from "../plan/model";
import { oncePer } from "../plan/once";
import { machinesOf } from "../plan/roles";
import { type CertificatePlan, certificatesOf } from "./certificates";

/** How many machines keep what opens another's successors. */
const KEEPERS = 3;

/** The machines that have certificates of their own to be followed. */
export const succeeded = oncePer((plan: SitePlan): readonly MachinePlan[] => {
  if (succession(plan.spec.pki).validityHours.length === 0) return [];
  const held = new Set(certificatesOf(plan).flatMap(({ machines }) => machines));
  return plan.machines.filter(({ name }) => held.has(name));
});

/** The certificates that a machine holds the keys of. */
export function certificatesOn(plan: SitePlan, machine: MachinePlan): CertificatePlan[] {
  return certificatesOf(plan).filter(({ machines }) => machines.includes(machine.name));
}

/**
 * The machines that keep what opens a machine's successors: on hosts other than its own and each other's where there are any, so that one
 * stolen disk opens none and one host that is lost is not missed. Members and control planes, which every site has.
 */
export function keepersOf(plan: SitePlan, machine: MachinePlan): MachinePlan[] {
  const others = machinesOf(plan, "etcd", "control-plane").filter(({ name }) => name !== machine.name);
  const chosen: MachinePlan[] = [];
  const used = new Map([[machine.host, 1]]);
  while (chosen.length < Math.min(KEEPERS, others.length)) {
    const times = (other: MachinePlan) => used.get(other.host) ?? 0;
    const [next] = others
      .filter((other) => !chosen.includes(other))
      .sort((a, b) => times(a) - times(b) || (a.name < b.name ? -1 : 1));
    if (next === undefined) break;
    chosen.push(next);
    used.set(next.host, times(next) + 1);
  }
  return chosen;
}

/** The machines whose successors a machine keeps what opens. */
export function keptBy(plan: SitePlan, keeper: MachinePlan): MachinePlan[] {
  return succeeded(plan).filter((machine) => keepersOf(plan, machine).some(({ name }) => name === keeper.name));
}
