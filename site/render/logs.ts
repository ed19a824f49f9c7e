import { vcenterOf } from "../description/hypervisors";
import type { MachinePlan, SitePlan } from "../plan/model";
import { type FileSpec, file } from "./file";
import { LOG_SENDER_STATS } from "./monitoring/logSender";
import { shell } from "./shell";
import { QUIET, type Timed, timedService, timer } from "./timedUnit";

const LOGS = "/etc/groundwork/logs";
const LOGS_SCRIPT = "/usr/local/sbin/groundwork-logs";
const MIB = 2 ** 20;

/** What the journal of a machine that is made for the site may take, MiB; the image begins with the same. */
export const JOURNAL_MIB = 512;

/** A log that its writer only makes longer. */
export interface EndlessLog {
  path: string;
  /** Who writes it. */
  by: string;
  /** Beyond so many bytes it begins anew; as many of its end are kept beside it. */
  bytes: number;
}

/** Of logins: 4,096 records of 384 bytes, whole ones. */
const LOGINS = 4096 * 384;

/**
 * The logs that are kept small on a machine. The image has no logrotate, and what Debian's does by the week a stranger at the SSH port outruns.
 * Of servers that exist only the site's own: the others are their owner's.
 */
export function endlessLogs({ spec }: Pick<SitePlan, "spec">, machine: MachinePlan): EndlessLog[] {
  return [
    { path: "/var/log/groundwork.log", by: "`up`", bytes: 4 * MIB },
    ...(spec.addons.monitoring?.logs ? [{ path: LOG_SENDER_STATS, by: "what sends logs, of itself", bytes: MIB }] : []),
    ...(machine.existing
      ? []
      : [
          { path: "/var/log/cloud-init.log", by: "cloud-init, at each boot", bytes: 4 * MIB },
          { path: "/var/log/cloud-init-output.log", by: "cloud-init, at each boot", bytes: MIB },
          { path: "/var/log/wtmp", by: "logins and boots", bytes: LOGINS },
          { path: "/var/log/btmp", by: "logins that fail", bytes: LOGINS },
        ]),
    ...(vcenterOf(spec.hypervisor)
      ? [{ path: "/var/log/vmware-vgauthsvc.log.0", by: "VMware's tools", bytes: MIB }]
      : []),
  ];
}

/** What bounds the journal, and the program that keeps other logs small. */
export function logFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  const lines = endlessLogs(plan, machine).map(({ path, bytes }) => `${bytes} ${path}\n`);
  return [
    ...(machine.existing ? [] : [file("/etc/systemd/journald.conf.d/50-groundwork.conf", JOURNAL, ["journal"])]),
    file(LOGS, lines.join(""), []),
    file(LOGS_SCRIPT, shell("logs"), [], { mode: 0o755 }),
    file("/etc/systemd/system/groundwork-logs.service", timedService(timed), ["logs"]),
    file("/etc/systemd/system/groundwork-logs.timer", timer(timed), ["logs"]),
  ];
}

const JOURNAL = `[Journal]
Storage=persistent
SystemMaxUse=${JOURNAL_MIB}M
`;

const timed: Timed = {
  what: "Keep logs small",
  when: "See once an hour that logs are small",
  program: LOGS_SCRIPT,
  limit: "10min",
  service: QUIET,
  // Soon after each start: a machine that starts again and again writes most.
  timer: ["OnBootSec=2min", "OnUnitActiveSec=1h", "RandomizedDelaySec=1min"],
};
