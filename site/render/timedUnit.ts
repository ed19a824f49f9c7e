/** A program that a timer starts, in two units of systemd. */
export interface Timed {
  what: string;
  /** The timer's, if it is another. */
  when?: string;
  program: string;
  /** How long it may take. */
  limit: string;
  /** More lines of the service's sections, and those of the timer. */
  unit?: string[];
  service?: string[];
  timer: string[];
}

/** Runs only where a member of etcd has its data. */
export const ON_MEMBER = ["After=etcd.service", "ConditionPathExists=/var/lib/etcd/data/member"];

/** Says in the journal what is notable, not that it ran. */
export const QUIET = ["LogLevelMax=notice", "SyslogLevel=notice"];

export function timedService({ what, program, limit, unit = [], service = [] }: Timed): string {
  return [
    "[Unit]",
    `Description=${what}`,
    ...unit,
    "",
    "[Service]",
    "Type=oneshot",
    `ExecStart=${program}`,
    `TimeoutStartSec=${limit}`,
    ...service,
    "",
  ].join("\n");
}

export function timer({ what, when = what, timer }: Timed): string {
  return `[Unit]
Description=${when}

[Timer]
${timer.join("\n")}

[Install]
WantedBy=timers.target
`;
}
