/** A program that a timer starts on a member of etcd, in two units of systemd. */
export interface Timed {
  what: string;
  /** The timer's, if it is another. */
  when?: string;
  program: string;
  /** How long it may take. */
  limit: string;
  /** More lines of the service and of the timer. */
  service?: string[];
  timer: string[];
}

/** Runs only where the member has its data. */
export function timedService({ what, program, limit, service = [] }: Timed): string {
  return `[Unit]
Description=${what}
After=etcd.service
ConditionPathExists=/var/lib/etcd/data/member

[Service]
Type=oneshot
ExecStart=${program}
TimeoutStartSec=${limit}
${["Nice=10", ...service].join("\n")}
`;
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
