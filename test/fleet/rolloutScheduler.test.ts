import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Window } from "../../fleet/file/schema";
import { calendarOf } from "../../fleet/rollout/calendar";
import type { RolloutEvent } from "../../fleet/rollout/history";
import { nextOf } from "../../fleet/rollout/schedule";
import type { RolloutPlan } from "../../fleet/rollout/schema";
import { candidate, DAY, iso, MINUTE, planOf, START } from "./plannedRollout";
import { brokenBy, isOpen } from "./rolloutHistory";

/** Runs a plan with what luck decides, as an executor would, and keeps nothing but the history. */
function played(plan: RolloutPlan, luck: () => number, steps = 400): { history: RolloutEvent[]; finished: boolean } {
  const history: RolloutEvent[] = [];
  const running = new Map<string, number>();
  const away = new Set<string>();
  let now = START;
  const write = (event: object) => void history.push({ at: iso(now), ...event } as RolloutEvent);
  for (let step = 0; step < steps; step++) {
    for (const [site, until] of running)
      if (until <= now) {
        write({ event: luck() < 0.85 ? "succeeded" : "failed", site });
        running.delete(site);
      }
    const names = plan.sites.map(({ name }) => name);
    const some = names[Math.floor(luck() * names.length)] as string;
    const chance = luck();
    if (chance < 0.05 && !running.has(some) && !away.has(some)) {
      away.add(some);
      write({ event: "away", site: some });
    } else if (chance < 0.2 && away.delete(some)) write({ event: "back", site: some });
    else if (chance < 0.23) write({ event: "paused" });
    else if (chance < 0.35) write({ event: "resumed" });
    else if (chance < 0.45) {
      const failed = history.findLast((one) => "site" in one && one.site === some);
      if (failed?.event === "failed" || failed?.event === "timed-out") write({ event: "retry", site: some });
    }
    const { timeOut, stage, start, gate, wake, finished } = nextOf(plan, history, now);
    for (const site of timeOut) {
      write({ event: "timed-out", site });
      if (luck() < 0.3) write({ event: "retry", site });
      // It is told to end, and needs a moment for that.
      running.set(site, now + Math.ceil(luck() * 20) * MINUTE);
    }
    for (const site of stage) write({ event: "staged", site });
    for (const site of start) {
      write({ event: "started", site });
      running.set(site, now + Math.max(1, Math.ceil(luck() * plan.policy.siteMinutes * 1.1)) * MINUTE);
    }
    if (gate) write({ event: gate.asks === "approval" ? "approved" : "healthy", wave: gate.wave });
    if (finished) return { history, finished };
    if (timeOut.length > 0) continue;
    const later = [...running.values(), ...(wake === undefined ? [] : [wake])].filter((at) => at > now);
    // Who carries out a rollout looks away only while nothing runs: what ends or takes too long is seen when it does.
    const isWatched = running.size > 0 || luck() < 0.8;
    now = later.length > 0 && isWatched ? Math.min(...later) : now + Math.ceil(luck() * 240) * MINUTE;
  }
  return { history, finished: false };
}

const fleets = fc.record({
  sites: fc.array(
    fc.record({
      town: fc.constantFrom(undefined, "fulda", "kassel"),
      timeZone: fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kolkata"),
      windows: fc.constantFrom<Window[] | undefined>(
        undefined,
        [{ days: ["mon" as const, "wed" as const, "fri" as const, "sun" as const], from: "22:00", to: "03:00" }],
        [{ days: ["tue" as const, "sat" as const], from: "01:00", to: "05:00" }],
      ),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  policy: fc.record({
    canaries: fc.integer({ min: 1, max: 3 }),
    waves: fc.array(
      fc.oneof(fc.record({ count: fc.integer({ min: 1, max: 4 }) }), fc.record({ share: fc.constantFrom(0.1, 0.5) })),
      { maxLength: 3 },
    ),
    atOnce: fc.integer({ min: 1, max: 4 }),
    failures: fc.integer({ min: 0, max: 3 }),
    failuresPerWave: fc.integer({ min: 0, max: 2 }),
    soakMinutes: fc.constantFrom(0, 60, 600),
    healthGate: fc.boolean(),
    approval: fc.constantFrom("never", "after-canaries", "every-wave"),
    onTimeOut: fc.constantFrom("stop", "go-on"),
    siteMinutes: fc.integer({ min: 30, max: 120 }),
    perTown: fc.boolean(),
  }),
});

type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never;

function planFor({ sites, policy: { perTown, ...policy } }: Drawn<typeof fleets>): RolloutPlan {
  const all = sites.map(({ town, timeZone, windows }, i) =>
    candidate(`s-${i}`, {
      labels: town ? { town } : {},
      maintenance: { timeZone, ...(windows && { windows }) },
      machines: i % 4,
    }),
  );
  return planOf(all, { ...policy, ...(perTown && sites.some(({ town }) => town) && { atOncePer: { town: 1 } }) });
}

describe("the scheduler", () => {
  it("never breaks a limit, an order, a gate or a window, whatever happens", () => {
    let begun = 0;
    fc.assert(
      fc.property(fleets, fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (fleet, stream) => {
        const plan = planFor(fleet);
        const { history } = played(plan, () => stream.next().value as number);
        begun += history.filter(({ event }) => event === "started").length;
        expect(brokenBy(plan, history)).toEqual([]);
      }),
      { numRuns: 25 },
    );
    expect(begun).toBeGreaterThan(25);
  });

  it("changes every site exactly once when nothing goes wrong", () => {
    fc.assert(
      fc.property(fleets, (fleet) => {
        const plan = planFor(fleet);
        const { history, finished } = played(plan, () => 0.5, 5000);
        expect(brokenBy(plan, history)).toEqual([]);
        const started = history.flatMap((one) => (one.event === "started" ? [one.site] : []));
        expect(finished).toBe(true);
        expect(started.sort()).toEqual(plan.sites.map(({ name }) => name).sort());
      }),
      { numRuns: 12 },
    );
  });

  const two = planOf([candidate("a"), candidate("b"), candidate("c")], {
    canaries: 1,
    waves: [],
    atOnce: 2,
    healthGate: false,
    soakMinutes: 30,
  });
  const at = (minutes: number) => iso(START + minutes * MINUTE);
  const staged: RolloutEvent[] = ["a", "b", "c"].map((site) => ({ at: at(0), event: "staged", site }));

  it("stops new starts at the first failure, lets finish what runs, and goes on after a retry", () => {
    const failed: RolloutEvent[] = [
      ...staged,
      { at: at(0), event: "started", site: "a" },
      { at: at(5), event: "failed", site: "a" },
    ];
    expect(nextOf(two, failed, START + 60 * MINUTE)).toMatchObject({
      start: [],
      waits: "1 failed: a",
      finished: false,
    });
    const again: RolloutEvent[] = [...failed, { at: at(61), event: "retry", site: "a" }];
    expect(nextOf(two, again, START + 62 * MINUTE).start).toEqual(["a"]);
  });

  it("takes a site that is not what was planned as a failure, until it is retried", () => {
    const refused: RolloutEvent[] = [
      { at: at(0), event: "refused", site: "a", why: "the program changed" },
      { at: at(0), event: "staged", site: "b" },
    ];
    expect(nextOf(two, refused, START)).toMatchObject({ start: [], stage: [], waits: "1 failed: a" });
    const again: RolloutEvent[] = [...refused, { at: at(1), event: "retry", site: "a" }];
    expect(nextOf(two, again, START + MINUTE).stage).toEqual(["a", "c"]);
  });

  it("begins a site again that was found away before anything of it was changed", () => {
    const away: RolloutEvent[] = [
      ...staged,
      { at: at(0), event: "started", site: "a" },
      { at: at(1), event: "away", site: "a", why: "no worker answers" },
    ];
    expect(nextOf(two, away, START + MINUTE).start).toEqual(["b", "c"]);
    const back: RolloutEvent[] = [...away, { at: at(2), event: "back", site: "a" }];
    expect(nextOf(two, back, START + 2 * MINUTE).start).toEqual(["a"]);
    expect(brokenBy(two, [...back, { at: at(2), event: "started", site: "a" }])).toEqual([]);
  });

  it("goes on without a site that is away, and takes it up when it is back", () => {
    const history: RolloutEvent[] = [...staged, { at: at(0), event: "away", site: "a" }];
    expect(nextOf(two, history, START).start).toEqual(["b", "c"]);
    const done: RolloutEvent[] = [
      ...history,
      ...["b", "c"].flatMap((site): RolloutEvent[] => [
        { at: at(1), event: "started", site },
        { at: at(2), event: "succeeded", site },
      ]),
    ];
    expect(nextOf(two, done, START + 60 * MINUTE)).toMatchObject({ start: [], finished: false });
    expect(nextOf(two, [...done, { at: at(90), event: "back", site: "a" }], START + 91 * MINUTE).start).toEqual(["a"]);
  });

  it("asks for a wave's health again when one of it was changed later, and for the last wave's before it is finished", () => {
    const gated = { ...two, policy: { ...two.policy, soakMinutes: 0, healthGate: true } };
    const changed = (site: string, from: number): RolloutEvent[] => [
      { at: at(from), event: "started", site },
      { at: at(from + 1), event: "succeeded", site },
    ];
    const without: RolloutEvent[] = [...staged, { at: at(0), event: "away", site: "a" }];
    const well: RolloutEvent[] = [...without, { at: at(0), event: "healthy", wave: 0 }];
    expect(nextOf(gated, well, START).start).toEqual(["b", "c"]);
    const late: RolloutEvent[] = [...well, { at: at(0), event: "back", site: "a" }, ...changed("a", 1)];
    expect(nextOf(gated, late, START + 2 * MINUTE)).toMatchObject({ start: [], gate: { asks: "health", wave: 0 } });
    expect(brokenBy(gated, [...late, { at: at(2), event: "started", site: "b" }])).toEqual([
      expect.stringContaining("b begins before wave 0 was found healthy"),
    ]);
    const again: RolloutEvent[] = [...late, { at: at(3), event: "healthy", wave: 0 }];
    expect(nextOf(gated, again, START + 3 * MINUTE).start).toEqual(["b", "c"]);

    const all: RolloutEvent[] = [...again, ...changed("b", 3), ...changed("c", 3)];
    expect(nextOf(gated, all, START + 4 * MINUTE)).toMatchObject({
      finished: false,
      waits: "wave 1 has not been found healthy",
      gate: { asks: "health", wave: 1 },
    });
    expect(nextOf(gated, [...all, { at: at(5), event: "healthy", wave: 1 }], START + 5 * MINUTE).finished).toBe(true);
  });

  it("says when to ask again: a soak's end, a window, a time-out", () => {
    const begun: RolloutEvent[] = [...staged, { at: at(0), event: "started", site: "a" }];
    // Of what is to begin now, too: whoever does it may ask again only then.
    expect(nextOf(two, staged, START)).toMatchObject({ start: ["a"], wake: START + 120 * MINUTE });
    expect(nextOf(two, begun, START).wake).toBe(START + 120 * MINUTE);
    expect(nextOf(two, begun, START + 120 * MINUTE).timeOut).toEqual(["a"]);
    expect(nextOf(two, [...begun, { at: at(5), event: "succeeded", site: "a" }], START + 6 * MINUTE)).toMatchObject({
      waits: "wave 0 is watched",
      wake: START + 35 * MINUTE,
    });
  });

  it("begins nothing at the moment at which a site's time is up, for that may be a failure too many", () => {
    const late: RolloutEvent[] = [...staged, { at: at(0), event: "started", site: "a" }];
    const together = { ...two, waves: [["a", "b"]], policy: { ...two.policy, atOnce: 2 } };
    expect(nextOf(together, late, START + 119 * MINUTE).start).toEqual(["b"]);
    expect(nextOf(together, late, START + 120 * MINUTE)).toMatchObject({ timeOut: ["a"], start: [], finished: false });
    const told: RolloutEvent[] = [...late, { at: at(120), event: "timed-out", site: "a" }];
    expect(nextOf(together, told, START + 120 * MINUTE)).toMatchObject({ start: [], isStopped: true });
  });

  it("counts a site whose time was up among those that are changed until it has ended", () => {
    const late: RolloutEvent[] = [
      ...staged,
      { at: at(0), event: "started", site: "a" },
      { at: at(120), event: "timed-out", site: "a" },
    ];
    const goesOn = { ...two, policy: { ...two.policy, soakMinutes: 0, atOnce: 1, onTimeOut: "go-on" as const } };
    expect(nextOf(goesOn, late, START + 120 * MINUTE).start).toEqual([]);
    const ended: RolloutEvent[] = [...late, { at: at(121), event: "failed", site: "a" }];
    expect(nextOf(goesOn, ended, START + 121 * MINUTE).start).toEqual(["b"]);
    // Taken up again, it waits for that end.
    const again: RolloutEvent[] = [...late, { at: at(121), event: "retry", site: "a" }];
    expect(nextOf(goesOn, again, START + 121 * MINUTE)).toMatchObject({ start: [], finished: false });
    const free: RolloutEvent[] = [...again, { at: at(122), event: "failed", site: "a" }];
    expect(nextOf(goesOn, free, START + 122 * MINUTE).start).toEqual(["a"]);
    // Its change was made after all: nobody makes it again.
    const made: RolloutEvent[] = [...again, { at: at(122), event: "succeeded", site: "a" }];
    expect(nextOf(goesOn, made, START + 122 * MINUTE).start).toEqual(["b"]);
    expect(brokenBy(goesOn, [...late, { at: at(120), event: "started", site: "b" }])).toEqual([
      expect.stringContaining("2 are changed at once"),
    ]);
  });

  it("begins nothing when it is aborted, paused or expired", () => {
    expect(nextOf(two, [...staged, { at: at(0), event: "paused" }], START)).toMatchObject({
      start: [],
      stage: [],
      waits: "it is paused",
    });
    expect(nextOf(two, [...staged, { at: at(0), event: "aborted" }], START)).toMatchObject({
      start: [],
      finished: true,
    });
    expect(nextOf(two, staged, START + 31 * DAY)).toMatchObject({
      start: [],
      finished: true,
      waits: "its plan has expired",
    });
  });
});

it("the calendar is the scheduler's own: it breaks nothing, and holds every site once", () => {
  fc.assert(
    fc.property(fleets, (fleet) => {
      const plan = planFor(fleet);
      const calendar = calendarOf(plan, START, 25);
      expect(calendar.map(({ site }) => site).sort()).toEqual(plan.sites.map(({ name }) => name).sort());
      for (const { site, begins } of calendar)
        expect(isOpen(plan.sites.find(({ name }) => name === site)?.maintenance ?? {}, begins)).toBe(true);
    }),
    { numRuns: 12 },
  );
});
