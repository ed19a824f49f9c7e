import type { SitePlan } from "../../plan/model";

/** What watching takes on each control plane. */
export interface MonitoringSize {
  /** Memory that VictoriaMetrics requests, in MiB; its limit is three times that. */
  memoryMiB: number;
  /** What metrics take on the disk when they have been kept for as long as the description says, in GiB. */
  diskGiB: number;
}

/** What a day of one machine's metrics takes on the disk, in MiB: about 85 samples a second, at the 2.5 bytes each that were measured before they were merged. */
const DAILY_MIB = 18;

/** Sizes by the number of machines and of days; nothing where the site is not watched. */
export function monitoringSize(plan: Pick<SitePlan, "machines" | "spec">): MonitoringSize {
  const { monitoring } = plan.spec.addons;
  if (monitoring === undefined) return { memoryMiB: 0, diskGiB: 0 };
  const machines = plan.machines.length;
  return {
    memoryMiB: 128 + 4 * machines,
    diskGiB: Math.ceil((machines * monitoring.retentionDays * DAILY_MIB) / 102.4) / 10,
  };
}
