import type { Store } from "../description/stores";
import type { MachinePlan, SitePlan } from "../plan/model";
import { machinesOf } from "../plan/roles";
import { ON_MEMBER, type Timed, timedService, timer } from "./timedUnit";

export const DEFRAGMENT_SCRIPT = "/usr/local/sbin/groundwork-etcd-defragment";

/** Below this size a file is not worth the pause, MiB. */
const WORTH_MIB = 256;

/** What the script that defragments a member needs to know. */
export function defragmentSettings(plan: SitePlan, machine: MachinePlan, store: Store): string {
  const others = machinesOf(plan, store).filter((m) => m.name !== machine.name);
  const endpoint = (m: MachinePlan) => `https://${m.address}:2379`;
  return `OWN=${endpoint(machine)}\nOTHERS=${others.map(endpoint).join(",")}\nWORTH_MIB=${WORTH_MIB}\n`;
}

/** Once a night, the members hours apart. */
const timed: Timed = {
  what: "Give back what compaction has freed in etcd's file",
  when: "Defragment etcd at night",
  program: DEFRAGMENT_SCRIPT,
  limit: "15min",
  unit: ON_MEMBER,
  service: ["Nice=10"],
  timer: ["OnCalendar=*-*-* 01:00", "RandomizedDelaySec=4h"],
};

export const defragmentUnit = () => timedService(timed);
export const defragmentTimer = () => timer(timed);
