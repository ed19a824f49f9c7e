import { Progress, type RolloutEvent } from "./history";
import type { RolloutPlan, RolloutSite } from "./schema";
import { Openings } from "./windows";

const MINUTE = 60_000;

/** What is to be done now. */
export interface Next {
  /** Sites whose change is to be made ready: downloads, verification, plan. Nothing of them is changed by that. */
  stage: string[];
  /** Sites to be changed. */
  start: string[];
  /** Sites whose time is up: what goes on there is to be ended, and written down as timed out. Nothing else is told before that. */
  timeOut: string[];
  /** Everything that can be done is done. */
  finished: boolean;
  /** Why nothing begins, if that is not for the sites' windows and limits alone. */
  waits?: string;
  /** More failed than may: nothing begins before a person has looked. */
  isStopped?: true;
  /** What the next wave waits for: that this one is found healthy, or that a person approves it. */
  gate?: { asks: "health" | "approval"; wave: number };
  /** When the clock alone allows something new, in ms; undefined if only something that happens can. */
  wake?: number;
}

/**
 * The next steps of a rollout: a function of its plan, of what happened so far, and of the time, so that whoever asks again after a crash
 * gets the same answer.
 *
 * A site begins only in an open wave, made ready, inside a window of its own that its time-out fits into, and where all limits allow it.
 * A wave opens when all sites of the one before have ended or are away, it was watched for as long as the plan says, and health and
 * approval that the plan asks for are there. A site that was away is taken up when it is back, and its
 * wave is watched again then. A rollout is finished when its last wave was watched, too.
 */
export function nextOf(plan: RolloutPlan, history: readonly RolloutEvent[] | Progress, now: number): Next {
  const { policy } = plan;
  const progress = history instanceof Progress ? history : new Progress(history);
  const sites = new Map(plan.sites.map((site) => [site.name, site]));
  const changing = plan.sites.filter(({ name }) => progress.of(name).is === "changing");
  const dueAt = ({ name }: RolloutSite) => (progress.of(name).started ?? now) + policy.siteMinutes * MINUTE;
  const next: Next = {
    stage: [],
    start: [],
    timeOut: changing.filter((site) => dueAt(site) <= now).map(({ name }) => name),
    finished: false,
  };
  const wakes = changing.map(dueAt).filter((at) => at > now);
  const ended = (waits?: string): Next => {
    const wake = wakes.length > 0 ? Math.min(...wakes) : undefined;
    return { ...next, ...(waits !== undefined && { waits }), ...(wake !== undefined && { wake }) };
  };
  // What else may be done is known when that is written down: each of them may be a failure too many.
  if (next.timeOut.length > 0) return next;
  const all = plan.waves.flat().map((name) => progress.of(name));
  if (progress.aborted) return { ...ended("it was aborted"), finished: changing.length === 0 };
  const expires = Date.parse(plan.expires);
  if (now >= expires) return { ...ended("its plan has expired"), finished: changing.length === 0 };
  if (progress.paused) return ended("it is paused");
  const stopped = tooManyFailures(plan, progress);
  if (stopped !== undefined) return { ...ended(stopped), isStopped: true };
  const { open, waits, wake, gate } = openWaves(plan, progress, now);
  if (gate !== undefined) next.gate = gate;
  if (wake !== undefined) wakes.push(wake);
  // One wave ahead, so that the next one need not wait for downloads.
  next.stage = plan.waves
    .slice(0, open + 1)
    .flat()
    .filter((name) => isReadyToBe(progress, name, false));
  // Whoever is being ended still works there.
  const running = [...changing, ...plan.sites.filter(({ name }) => progress.of(name).isEnding)];
  const openings = new Openings(policy.siteMinutes, now, expires);
  for (const name of plan.waves.slice(0, open).flat()) {
    if (!isReadyToBe(progress, name, true)) continue;
    const site = sites.get(name) as RolloutSite;
    const opens = openings.of(site.maintenance);
    if (opens !== undefined && opens > now) wakes.push(opens);
    else if (opens === now && hasRoom(plan, running, site)) {
      next.start.push(name);
      running.push(site);
      wakes.push(now + policy.siteMinutes * MINUTE);
    }
  }
  const isOver = all.every(
    ({ is, away }) => is === "succeeded" || is === "failed" || is === "timed-out" || (away && is === "waiting"),
  );
  // Whoever is away may come back until the plan expires.
  if (!isOver || all.some(({ is, away }) => away && is === "waiting")) return ended(waits);
  const last = watched(plan, progress, plan.waves.length - 1, now);
  if (last === undefined) return { ...ended(), finished: true };
  if (last.gate !== undefined) next.gate = last.gate;
  if (last.wake !== undefined) wakes.push(last.wake);
  return ended(last.waits);
}

/** Waiting, there, nothing of a change before still going on, and made ready or not yet. */
function isReadyToBe(progress: Progress, name: string, staged: boolean): boolean {
  const site = progress.of(name);
  return site.is === "waiting" && !site.away && !site.isEnding && site.staged === staged;
}

/** Whether one more may be changed at the same time, in all and of its groups. */
function hasRoom({ policy }: RolloutPlan, running: readonly RolloutSite[], site: RolloutSite): boolean {
  if (running.length >= policy.atOnce) return false;
  return Object.entries(policy.atOncePer).every(([label, most]) => {
    const value = site.labels[label];
    return value === undefined || running.filter(({ labels }) => labels[label] === value).length < most;
  });
}

/** A failure that was taken up again counts no more, unless it fails again. */
function tooManyFailures({ policy, waves }: RolloutPlan, progress: Progress): string | undefined {
  const isFailed = (name: string) => {
    const { is } = progress.of(name);
    return is === "failed" || (is === "timed-out" && policy.onTimeOut === "stop");
  };
  const failed = waves.flat().filter(isFailed);
  if (failed.length > policy.failures) return `${failed.length} failed: ${failed.join(", ")}`;
  const i = waves.findIndex((wave) => wave.filter(isFailed).length > policy.failuresPerWave);
  return i < 0 ? undefined : `wave ${i} has too many failures: ${(waves[i] ?? []).filter(isFailed).join(", ")}`;
}

type Waits = Pick<Next, "waits" | "wake" | "gate">;

/** What a wave whose sites have ended still waits for; undefined if it was watched for long enough, and is healthy where that is asked. */
function watched({ policy, waves }: RolloutPlan, progress: Progress, wave: number, now: number): Waits | undefined {
  const names = waves[wave] ?? [];
  const until = Math.max(0, ...names.map((name) => progress.of(name).ended ?? 0)) + policy.soakMinutes * MINUTE;
  if (now < until) return { waits: `wave ${wave} is watched`, wake: until };
  if (!policy.healthGate || progress.isHealthy(wave, names)) return undefined;
  return { waits: `wave ${wave} has not been found healthy`, gate: { asks: "health", wave } };
}

/** How many waves are open, and what the next one waits for. */
function openWaves(plan: RolloutPlan, progress: Progress, now: number): { open: number } & Waits {
  const { policy, waves } = plan;
  for (let i = 0; i < waves.length; i++) {
    const asks = policy.approval === "every-wave" ? i > 0 : policy.approval === "after-canaries" && i === 1;
    if (i > 0) {
      const before = (waves[i - 1] ?? []).map((name) => progress.of(name));
      if (before.some(({ is, away }) => is === "changing" || (is === "waiting" && !away))) return { open: i };
      const waits = watched(plan, progress, i - 1, now);
      if (waits !== undefined) return { open: i, ...waits };
    }
    if (asks && !progress.approved.has(i))
      return { open: i, waits: `wave ${i} has to be approved`, gate: { asks: "approval", wave: i } };
  }
  return { open: waves.length };
}
