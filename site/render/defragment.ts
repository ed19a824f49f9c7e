import { machinesOf } from "../pki";
import type { MachinePlan, SitePlan } from "../plan";
import type { Store } from "../stores";

export const DEFRAGMENT_SCRIPT = "/usr/local/sbin/groundwork-etcd-defragment";

/** Below this size a file is not worth the pause, MiB. */
const WORTH_MIB = 256;

/** What the script that defragments a member needs to know. */
export function defragmentSettings(plan: SitePlan, machine: MachinePlan, store: Store): string {
  const others = machinesOf(plan, store).filter((m) => m.name !== machine.name);
  const endpoint = (m: MachinePlan) => `https://${m.address}:2379`;
  return `OWN=${endpoint(machine)}\nOTHERS=${others.map(endpoint).join(",")}\nWORTH_MIB=${WORTH_MIB}\n`;
}

export function defragmentUnit(): string {
  return `[Unit]
Description=Give back what compaction has freed in etcd's file
After=etcd.service
ConditionPathExists=/var/lib/etcd/data/member

[Service]
Type=oneshot
ExecStart=${DEFRAGMENT_SCRIPT}
TimeoutStartSec=15min
Nice=10
`;
}

/** Once a night, the members hours apart. */
export function defragmentTimer(): string {
  return `[Unit]
Description=Defragment etcd at night

[Timer]
OnCalendar=*-*-* 01:00
RandomizedDelaySec=4h

[Install]
WantedBy=timers.target
`;
}
