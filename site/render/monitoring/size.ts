import type { SitePlan } from "../../plan/model";

/** What watching takes on each control plane. */
export interface MonitoringSize {
  /** Memory that each program requests, in MiB; nothing for those that the site does not have. */
  memoryMiB: { metrics: number; sent: number; rules: number; alerts: number; logs: number };
  /** What they request together. */
  requestedMiB: number;
  /** What metrics take on the disk when they have been kept for as long as the description says, in GiB. */
  diskGiB: number;
  /** The most that logs may take there; nothing where they are not kept. */
  logsGiB: number;
}

/** What a day of one machine's metrics takes on the disk, in MiB: about 85 samples a second, at the 2.5 bytes each that were measured before they were merged. */
const DAILY_MIB = 18;
/** What a day of one machine's logs may take there, MiB, where the description does not say. */
const DAILY_LOGS_MIB = 10;

/** Sizes by the number of machines and of days; nothing where the site is not watched. */
export function monitoringSize(plan: Pick<SitePlan, "machines" | "spec">): MonitoringSize {
  const { monitoring } = plan.spec.addons;
  const nothing = { metrics: 0, sent: 0, rules: 0, alerts: 0, logs: 0 };
  if (monitoring === undefined) return { memoryMiB: nothing, requestedMiB: 0, diskGiB: 0, logsGiB: 0 };
  const { logs, remoteWrite, alerts, retentionDays } = monitoring;
  const machines = plan.machines.length;
  const memoryMiB = {
    metrics: 128 + 4 * machines,
    sent: remoteWrite ? 64 : 0,
    rules: 32,
    alerts: alerts.length > 0 ? 32 : 0,
    logs: logs ? 96 + 4 * machines : 0,
  };
  return {
    memoryMiB,
    requestedMiB: Object.values(memoryMiB).reduce((sum, one) => sum + one, 0),
    diskGiB: tenths(machines * retentionDays * DAILY_MIB),
    logsGiB: logs ? Math.max(1, logs.maximumGiB ?? tenths(machines * logs.retentionDays * DAILY_LOGS_MIB)) : 0,
  };
}

/** MiB in GiB, rounded up. */
function tenths(mib: number): number {
  return Math.ceil(mib / 102.4) / 10;
}
