import { Progress, type RolloutEvent } from "./history";
import { type Next, nextOf } from "./schedule";
import type { RolloutPlan } from "./schema";

/** How far a rollout is: what `groundwork rollout status --json` prints. */
export interface RolloutStatus {
  is: "running" | "paused" | "waiting" | "finished" | "aborted" | "expired";
  /** What it waits for. */
  waits?: string;
  /** What a person has to do before anything else begins, if so. */
  needs?: string;
  expires: string;
  sites: {
    site: string;
    /** Counted from 0, the canaries. */
    wave: number;
    is: "waiting" | "staged" | "changing" | "succeeded" | "failed" | "timed-out" | "away";
    started?: string;
    ended?: string;
    why?: string;
  }[];
  history: readonly RolloutEvent[];
}

export function statusOf(plan: RolloutPlan, history: readonly RolloutEvent[], now: number): RolloutStatus {
  const progress = new Progress(history);
  const next = nextOf(plan, history, now);
  const { waits } = next;
  const needs = needOf(next, progress);
  return {
    is: stateOf(plan, next, progress, now),
    ...(waits !== undefined && !next.finished && { waits }),
    ...(needs !== undefined && !next.finished && { needs }),
    expires: plan.expires,
    sites: plan.waves.flatMap((names, wave) => names.map((site) => ({ site, wave, ...lineOf(progress, site) }))),
    history,
  };
}

function stateOf(plan: RolloutPlan, next: Next, progress: Progress, now: number): RolloutStatus["is"] {
  if (progress.aborted) return "aborted";
  if (next.finished) return now >= Date.parse(plan.expires) ? "expired" : "finished";
  if (progress.paused) return "paused";
  const isChanging = plan.sites.some(({ name }) => progress.of(name).is === "changing");
  return isChanging || next.start.length > 0 || next.stage.length > 0 ? "running" : "waiting";
}

function needOf({ gate, isStopped }: Next, { paused }: Progress): string | undefined {
  if (paused) return "groundwork rollout resume";
  if (isStopped) return "groundwork rollout retry, or abort";
  if (gate?.asks === "approval") return `groundwork rollout approve ${gate.wave}`;
  return undefined;
}

function lineOf(progress: Progress, name: string) {
  const { is, away, staged, started, ended, why } = progress.of(name);
  const shown = is !== "waiting" ? is : away ? ("away" as const) : staged ? ("staged" as const) : is;
  const hasEnded = is !== "waiting" && is !== "changing";
  return {
    is: shown,
    ...(started !== undefined && is !== "waiting" && { started: new Date(started).toISOString() }),
    ...(ended !== undefined && hasEnded && { ended: new Date(ended).toISOString() }),
    ...(why !== undefined && is !== "succeeded" && { why }),
  };
}
