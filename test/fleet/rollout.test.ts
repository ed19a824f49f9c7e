import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Window } from "../../fleet/file/schema";
import { calendarOf } from "../../fleet/rollout/calendar";
import type { RolloutEvent } from "../../fleet/rollout/history";
import { type Candidate, planRollout } from "../../fleet/rollout/plan";
import { changedSince, readPolicy, readSignedPlan } from "../../fleet/rollout/read";
import { nextOf } from "../../fleet/rollout/schedule";
import type { RolloutPlan, RolloutPolicy } from "../../fleet/rollout/schema";
import { refusalOf, signPlan } from "../../fleet/rollout/signature";
import { nextOpening, openUntil } from "../../fleet/rollout/windows";
import { formatProblem } from "../../site/description/problem";
import { brokenBy, isOpen } from "./rolloutHistory";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.parse("2026-10-20T12:00:00.000Z");
const digests = Object.fromEntries(
  ["program", "description", "images", "versions"].map((key) => [key, "0".repeat(64)]),
) as Candidate["digests"];

function candidate(name: string, more: Partial<Candidate> = {}): Candidate {
  return { name, labels: {}, maintenance: {}, digests, machines: 9, verdict: { is: "safe", reasons: [] }, ...more };
}
const policyOf = (policy: object): RolloutPolicy => {
  const read = readPolicy(policy);
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
  return read.policy;
};
function planOf(candidates: Candidate[], policy: object = {}, more = {}): RolloutPlan {
  const planned = planRollout(candidates, policyOf(policy), START, more);
  if ("problems" in planned) throw new Error(planned.problems.map(formatProblem).join("\n"));
  return planned.plan;
}
const iso = (at: number) => new Date(at).toISOString();

describe("a rollout's plan", () => {
  it("puts canaries first, then waves by count and by share; the smallest sites go before the larger ones", () => {
    const sites = Array.from({ length: 12 }, (_, i) => candidate(`s-${i}`, { machines: 20 - i }));
    const { waves } = planOf(sites, { canaries: 2, waves: [{ count: 3 }, { share: 0.25 }] });
    expect(waves).toEqual([
      ["s-11", "s-10"],
      ["s-9", "s-8", "s-7"],
      ["s-6", "s-5", "s-4"],
      ["s-3", "s-2", "s-1", "s-0"],
    ]);
    expect(planOf(sites, { canaries: ["s-0"], waves: [] }).waves[0]).toEqual(["s-0"]);
  });

  it("leaves out what is not safe, and says why", () => {
    const sites = [
      candidate("a"),
      candidate("b", { verdict: { is: "unsafe", reasons: ["etcd loses its data"] } }),
      candidate("c", { verdict: { is: "unjudged", reasons: ["no state"] } }),
    ];
    expect(planOf(sites).leftOut).toEqual([
      { site: "b", why: "unsafe: etcd loses its data" },
      { site: "c", why: "cannot be judged: no state" },
    ]);
    expect(planOf(sites, {}, { withUnjudged: true }).sites.map(({ name }) => name)).toEqual(["a", "c"]);
  });

  it.each([
    [{ canaries: ["x"] }, "canaries[0]: there is no site x among those of the rollout"],
    [{ canaries: ["a", "a"] }, "canaries[1]: a is there twice"],
    [{ canaries: ["b"] }, "canaries[0]: b is unsafe"],
    [{ atOncePer: { town: 1 } }, "atOncePer.town: no site has this label"],
    [{ siteMinutes: 61 }, "sites.a.maintenance: no window is open for the 61 minutes"],
    [{ expiresInDays: 1, siteMinutes: 60 }, "sites.a.maintenance: no window is open"],
    [{ canaries: 0 }, "canaries"],
    [{ waves: [{ share: 1.5 }] }, "waves[0]"],
    [{ atOnse: 2 }, "did you mean atOnce?"],
  ])("%j is refused", (policy, expected) => {
    const windows = [{ days: ["sat" as const], from: "02:00", to: "03:00" }];
    const sites = [
      candidate("a", { maintenance: { windows } }),
      candidate("b", { verdict: { is: "unsafe", reasons: ["x"] } }),
    ];
    const read = readPolicy(policy);
    const planned = "problems" in read ? read : planRollout(sites, read.policy, START);
    expect("problems" in planned ? planned.problems.map(formatProblem).join("\n") : "").toContain(expected);
  });
});

describe("windows", () => {
  const night = { timeZone: "Europe/Berlin", windows: [{ days: ["sun" as const], from: "01:00", to: "04:00" }] };
  it("are in the site's time, also when its clocks change", () => {
    // On 2026-10-25 clocks go back in Berlin: from 01:00 to 04:00 are four hours.
    const opens = nextOpening(night, 200, START, START + 30 * DAY);
    expect(iso(opens ?? 0)).toBe("2026-10-24T23:00:00.000Z");
    expect(iso(openUntil(night, opens ?? 0) ?? 0)).toBe("2026-10-25T03:00:00.000Z");
    expect(nextOpening(night, 241, START, START + 30 * DAY)).toBeUndefined();
  });

  it("that follow one another are one, over midnight and for ever", () => {
    const windows = [
      { days: ["mon" as const], from: "22:00", to: "00:00" },
      { days: ["tue" as const], from: "00:00", to: "02:00" },
    ];
    expect(iso(nextOpening({ windows }, 240, START, START + 30 * DAY) ?? 0)).toBe("2026-10-26T22:00:00.000Z");
    const always = {
      windows: [{ days: [...("mon tue wed thu fri sat sun".split(" ") as "mon"[])], from: "00:00", to: "00:00" }],
    };
    expect(openUntil(always, START)).toBeGreaterThan(START + 7 * DAY);
    expect(openUntil({ windows: [] }, START)).toBeUndefined();
  });

  it("agree with the platform's clock", () => {
    const window = fc.record({
      days: fc.uniqueArray(fc.constantFrom("mon" as const, "wed" as const, "sat" as const, "sun" as const), {
        minLength: 1,
      }),
      from: fc.constantFrom("00:00", "03:30", "22:15"),
      to: fc.constantFrom("00:00", "04:00", "23:45"),
    });
    const zone = fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Auckland");
    fc.assert(
      fc.property(
        fc.array(window, { maxLength: 3 }),
        zone,
        fc.integer({ min: 0, max: 60 * 24 * 20 }),
        (windows, timeZone, minute) => {
          const at = START + minute * MINUTE;
          expect(openUntil({ timeZone, windows }, at) !== undefined).toBe(isOpen({ timeZone, windows }, at));
        },
      ),
    );
  });
});

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
    for (const site of nextOf(plan, history, now).timeOut) {
      write({ event: "timed-out", site });
      running.delete(site);
    }
    for (const site of nextOf(plan, history, now).stage) write({ event: "staged", site });
    const { start, gate, wake, finished } = nextOf(plan, history, now);
    for (const site of start) {
      write({ event: "started", site });
      running.set(site, now + Math.max(1, Math.ceil(luck() * plan.policy.siteMinutes * 1.1)) * MINUTE);
    }
    if (gate) write({ event: gate.asks === "approval" ? "approved" : "healthy", wave: gate.wave });
    if (finished) return { history, finished };
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

  it("says when to ask again: a soak's end, a window, a time-out", () => {
    const begun: RolloutEvent[] = [...staged, { at: at(0), event: "started", site: "a" }];
    expect(nextOf(two, begun, START).wake).toBe(START + 120 * MINUTE);
    expect(nextOf(two, begun, START + 120 * MINUTE).timeOut).toEqual(["a"]);
    expect(nextOf(two, [...begun, { at: at(5), event: "succeeded", site: "a" }], START + 6 * MINUTE)).toMatchObject({
      waits: "wave 0 is watched",
      wake: START + 35 * MINUTE,
    });
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

describe("a signed plan", () => {
  const pem = (type: "ed25519" | "x25519") => {
    const { privateKey, publicKey } =
      type === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("x25519");
    return [privateKey.export({ type: "pkcs8", format: "pem" }), publicKey.export({ type: "spki", format: "pem" })].map(
      String,
    ) as [string, string];
  };
  const [key, publicKey] = pem("ed25519");
  const plan = planOf([candidate("a"), candidate("b")]);
  const made = signPlan(plan, key);
  const signed = "signed" in made ? made.signed : undefined;

  it("is what was signed, after it was written and read", () => {
    const read = readSignedPlan(JSON.parse(JSON.stringify(signed)));
    expect("signed" in read && refusalOf(read.signed, publicKey, START)).toBeUndefined();
  });

  it.each([
    ["another key", () => refusalOf(signed as never, pem("ed25519")[1], START), "signature"],
    [
      "another plan",
      () =>
        refusalOf(
          { ...(signed as NonNullable<typeof signed>), plan: { ...plan, waves: [["b"], ["a"]] } },
          publicKey,
          START,
        ),
      "signature",
    ],
    ["a later time", () => refusalOf(signed as never, publicKey, START + 31 * DAY), "expires"],
    ["no key", () => refusalOf(signed as never, "x", START), "key"],
    ["a key of another kind", () => refusalOf(signed as never, pem("x25519")[1], START), "key"],
  ])("is refused with %s", (_, refused, path) => {
    expect(refused()?.path).toBe(path);
  });

  it("is refused when it is none, or has a site twice", () => {
    const problems = (document: unknown) => {
      const read = readSignedPlan(document);
      return "problems" in read ? read.problems.map(formatProblem).join("\n") : "";
    };
    expect(problems({ ...signed, plan: { ...plan, waves: [["a"], ["a", "x"]] } })).toMatch(
      /a is there twice(.|\n)*x is none of its sites/,
    );
    expect(problems([])).toContain("is not an object");
  });

  it("is for what was judged and for nothing else", () => {
    expect(changedSince(digests, digests)).toEqual([]);
    expect(changedSince(digests, { ...digests, images: "1".repeat(64) }).map(formatProblem)).toEqual([
      "images: images changed since the rollout was planned; plan the rollout again",
    ]);
  });
});
