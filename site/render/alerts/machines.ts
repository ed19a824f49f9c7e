import { noticeHours } from "../../life/alone";
import type { SitePlan } from "../../plan/model";
import { machinesOf } from "../../plan/roles";
import { type Alert, type AlertGroup, alertsFor, CHAPTERS } from "./alert";

/** How far a machine's clock may be off, in seconds: what the check after an `up` lets pass. */
const CLOCK_SECONDS = 5;
/** How many days before a certificate ends somebody is told, where certificates last long enough. */
const HORIZON_DAYS = 14;

/** Of machines and hosts, their clocks, disks and certificates, and of what watches them. */
export function machineAlerts(plan: SitePlan): AlertGroup {
  const { critical, warning } = alertsFor(plan.site);
  const on = (host: string) => plan.machines.filter((machine) => machine.host === host).length;
  const hosts = [...new Set(plan.machines.map(({ host }) => host))].filter((host) => on(host) > 1).sort();
  const horizon = Math.round(Math.min(HORIZON_DAYS * 24, plan.spec.pki.certificateHours / 4) * 3600);
  return {
    name: "machines",
    rules: [
      ...(hosts.length > 1
        ? hosts.map((host) =>
            critical("HostSilent", `max by (host) (up{job="machine",host="${host}"}) == 0`, "2m", {
              summary: `No machine of host ${host} answers.`,
              failure: `host ${host}`,
              runbook: CHAPTERS.host,
            }),
          )
        : []),
      warning("MachineSilent", 'up{job="machine"} == 0', "2m", {
        summary: "{{ $labels.machine }} on {{ $labels.host }} does not answer.",
        failure: "machine {{ $labels.machine }}",
        runbook: CHAPTERS.machine,
      }),
      warning(
        "ClockOff",
        `min_over_time(abs(node_time_seconds - timestamp(node_time_seconds))[5m:30s]) > ${CLOCK_SECONDS}`,
        "5m",
        {
          summary:
            "The clock of {{ $labels.machine }} is {{ $value | humanizeDuration }} off from that of the control plane that asks.",
          runbook: CHAPTERS.machine,
          action: "see `chronyc tracking` there, and network.ntp",
        },
      ),
      warning("DiskFillsUp", "node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1", "10m", {
        summary: "{{ $value | humanizePercentage }} of {{ $labels.mountpoint }} on {{ $labels.machine }} is free.",
        runbook: CHAPTERS.diskFull,
      }),
      critical(
        "CertificateEnds",
        `min by (machine, path) (last_over_time(groundwork_certificate_end_timestamp_seconds[10m])) - time() < ${horizon}`,
        "30m",
        {
          summary: "{{ $labels.path }} on {{ $labels.machine }} ends in {{ $value | humanizeDuration }}.",
          runbook: CHAPTERS.expired,
        },
      ),
      warning(
        "AloneEnds",
        `min(last_over_time(groundwork_alone_until_timestamp_seconds[10m])) - time() < ${Math.round(noticeHours(plan.spec.pki) * 3600)}`,
        "30m",
        {
          summary:
            "In {{ $value | humanizeDuration }} a certificate of the site ends that nothing renews without an `up`.",
          runbook: CHAPTERS.expired,
          action: "run `pulumi up`; `npx groundwork certificates` tells what ends first",
        },
      ),
      warning("MonitoringDegraded", 'up{job="monitoring"} == 0', "5m", {
        summary: "A part of what watches the site does not answer on {{ $labels.machine }}.",
        runbook: CHAPTERS.health,
        action: "see `kubectl -n kube-system describe pods -l k8s-app=groundwork-monitoring`",
      }),
    ],
  };
}

/** Of backups, where the site describes them (D1): their age, and that they succeed. */
export function backupAlerts(plan: SitePlan): AlertGroup[] {
  const { backup } = plan.spec;
  if (backup === undefined) return [];
  const { critical, warning } = alertsFor(plan.site);
  const age = backup.maximumAgeHours;
  const action = "see `journalctl -u groundwork-backup` on the members of etcd, and docs/backup.md";
  const members = machinesOf(plan, "etcd").map(({ name }) => name);
  const rules: Alert[] = [
    critical("BackupOld", `time() - max(groundwork_backup_last_success_timestamp_seconds) > ${age * 3600}`, "5m", {
      summary: `The last backup of etcd is {{ $value | humanizeDuration }} old; ${age} hours are promised.`,
      runbook: CHAPTERS.health,
      action,
    }),
    critical("BackupMissing", "absent(groundwork_backup_last_success_timestamp_seconds)", `${age}h`, {
      summary: `No member of etcd (${members.join(", ")}) knows of a backup.`,
      runbook: CHAPTERS.health,
      action,
    }),
    warning("BackupFails", "max(groundwork_backup_attempt_ok) == 0", "1h", {
      summary: "The last attempts of all members of etcd to make a backup failed.",
      runbook: CHAPTERS.health,
      action,
    }),
  ];
  return [{ name: "backups", rules }];
}
