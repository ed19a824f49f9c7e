import { Progress } from "./history";
import { nextOf } from "./schedule";
import type { RolloutPlan } from "./schema";

/** When a site would be changed. */
export interface Appointment {
  site: string;
  /** Counted from 0, the canaries. */
  wave: number;
  /** In ms. */
  begins: number;
}

/**
 * When each site would be changed if all went well, health and approvals came at once, and each took so many minutes: the scheduler
 * itself, asked along an imagined history.
 */
export function calendarOf(plan: RolloutPlan, from: number, minutes: number): Appointment[] {
  const progress = new Progress([]);
  const appointments: Appointment[] = [];
  const running = new Map<string, number>();
  const waveOf = new Map(plan.waves.flatMap((wave, i) => wave.map((name) => [name, i] as const)));
  const at = (now: number) => ({ at: new Date(now).toISOString() });
  const lasts = Math.min(minutes, plan.policy.siteMinutes - 1 || 1) * 60_000;
  for (let now = from; ; ) {
    for (const [site, until] of running)
      if (until <= now) {
        progress.take({ ...at(now), event: "succeeded", site });
        running.delete(site);
      }
    for (let gate = nextOf(plan, progress, now).gate; gate; gate = nextOf(plan, progress, now).gate)
      progress.take({ ...at(now), event: gate.asks === "approval" ? "approved" : "healthy", wave: gate.wave });
    for (const site of nextOf(plan, progress, now).stage) progress.take({ ...at(now), event: "staged", site });
    const { start, wake, finished } = nextOf(plan, progress, now);
    for (const site of start) {
      progress.take({ ...at(now), event: "started", site });
      running.set(site, now + lasts);
      appointments.push({ site, wave: waveOf.get(site) ?? 0, begins: now });
    }
    const ends = [...running.values(), ...(wake === undefined ? [] : [wake])].filter((time) => time > now);
    if (finished || ends.length === 0) return appointments;
    now = Math.min(...ends);
  }
}
