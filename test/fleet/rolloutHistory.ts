import type { RolloutEvent } from "../../fleet/rollout/history";
import type { RolloutPlan } from "../../fleet/rollout/schema";

const MINUTE = 60_000;

/** Whether a window is open at a minute, by the clock that the platform shows in that zone. */
export function isOpen(
  { timeZone = "UTC", windows }: RolloutPlan["sites"][number]["maintenance"],
  at: number,
): boolean {
  if (windows === undefined) return true;
  const shown = (instant: number) => {
    const parts = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    }).formatToParts(instant);
    const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
    return { day: part("weekday").toLowerCase(), time: `${part("hour")}:${part("minute")}` };
  };
  const [now, yesterday] = [shown(at), shown(at - 24 * 60 * MINUTE)];
  return windows.some(({ days, from, to }) => {
    const on = (day: string) => (days as string[]).includes(day);
    if (to > from) return on(now.day) && from <= now.time && now.time < to;
    return (on(now.day) && now.time >= from) || (on(yesterday.day) && now.time < to);
  });
}

/** What a history breaks of its plan, read from nothing else: a sentence for each. */
export function brokenBy(plan: RolloutPlan, history: readonly RolloutEvent[]): string[] {
  const { policy, waves } = plan;
  const sites = new Map(plan.sites.map((site) => [site.name, site]));
  const broken: string[] = [];
  const running = new Map<string, number>();
  const state = new Map<string, string>();
  const [staged, away, healthy, approved] = [
    new Set<string>(),
    new Set<string>(),
    new Set<number>(),
    new Set<number>(),
  ];
  const endedAt = new Map<string, number>();
  /** Their time was up, and they still go on. */
  const ending = new Set<string>();
  let [paused, aborted] = [false, false];
  const isFailure = (is: string | undefined) => is === "failed" || (is === "timed-out" && policy.onTimeOut === "stop");
  /** What a site got is not what its wave was found healthy with. */
  const gets = (site: string) => healthy.delete(waves.findIndex((names) => names.includes(site)));
  const told = (at: number, what: string) => broken.push(`${new Date(at).toISOString()} ${what}`);
  for (const one of history) {
    const at = Date.parse(one.at);
    if (!("site" in one)) {
      if (one.event === "healthy") healthy.add(one.wave);
      else if (one.event === "approved") approved.add(one.wave);
      else if (one.event === "aborted") aborted = true;
      else paused = one.event === "paused";
      continue;
    }
    const { site, event } = one;
    if (event === "staged") staged.add(site);
    else if (event === "away") {
      away.add(site);
      running.delete(site);
      ending.delete(site);
    } else if (event === "refused") {
      if (running.has(site)) told(at, `${site} is refused while it is changed`);
      state.set(site, "failed");
    } else if (event === "back") away.delete(site);
    else if (event === "retry") state.delete(site);
    else if (event !== "started" && event !== "timed-out" && ending.delete(site)) {
      // What was made although its time was up is made.
      if (event === "succeeded") {
        gets(site);
        state.set(site, event);
        endedAt.set(site, at);
      }
    } else if (event !== "started") {
      const began = running.get(site);
      if (began === undefined) told(at, `${site} ended without having begun`);
      else
        for (let minute = began; minute < at; minute += MINUTE)
          if (!isOpen(sites.get(site)?.maintenance ?? {}, minute))
            told(minute, `${site} is changed outside its window`);
      running.delete(site);
      if (event === "succeeded") gets(site);
      if (event === "timed-out") ending.add(site);
      // One that fails when its time is up already is as late as one that is ended for it.
      const isLate = began !== undefined && at - began >= policy.siteMinutes * MINUTE;
      state.set(site, isLate && event === "failed" ? "timed-out" : event);
      endedAt.set(site, at);
    } else {
      const wave = waves.findIndex((names) => names.includes(site));
      if (wave < 0) told(at, `${site} is in no wave`);
      if (paused || aborted) told(at, `${site} begins while nothing may`);
      if (at >= Date.parse(plan.expires)) told(at, `${site} begins after the plan expired`);
      if (state.has(site) || running.has(site) || ending.has(site)) told(at, `${site} begins twice`);
      if (!staged.has(site)) told(at, `${site} was not made ready`);
      if (away.has(site)) told(at, `${site} is away`);
      const failed = [...state].filter(([, is]) => isFailure(is)).map(([name]) => name);
      if (failed.length > policy.failures) told(at, `${site} begins after ${failed.length} failures`);
      for (const names of waves)
        if (failed.filter((name) => names.includes(name)).length > policy.failuresPerWave)
          told(at, `${site} begins after too many failures in a wave`);
      for (const [i, names] of waves.slice(0, Math.max(0, wave)).entries()) {
        for (const name of names)
          if (running.has(name) || (!state.has(name) && !away.has(name)))
            told(at, `${site} begins before ${name} ended`);
        const last = Math.max(0, ...names.map((name) => endedAt.get(name) ?? 0));
        if (at < last + policy.soakMinutes * MINUTE) told(at, `${site} begins before wave ${i} was watched`);
        if (policy.healthGate && !healthy.has(i)) told(at, `${site} begins before wave ${i} was found healthy`);
      }
      for (let i = 1; i <= wave; i++)
        if ((policy.approval === "every-wave" || (policy.approval === "after-canaries" && i === 1)) && !approved.has(i))
          told(at, `${site} begins before wave ${i} was approved`);
      running.set(site, at);
      const all = [...running.keys(), ...ending];
      if (all.length > policy.atOnce) told(at, `${all.length} are changed at once`);
      for (const [label, most] of Object.entries(policy.atOncePer)) {
        const value = sites.get(site)?.labels[label];
        const same = all.filter((name) => sites.get(name)?.labels[label] === value);
        if (value !== undefined && same.length > most)
          told(at, `${same.length} of ${label} ${value} are changed at once`);
      }
    }
  }
  return broken;
}
