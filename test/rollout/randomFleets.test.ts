import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { evidenceOf } from "../../bench/fleet/evidence";
import type { RolloutPlan } from "../../fleet/rollout/schema";
import type { RolloutService, Server } from "../../fleet/rollout/service";
import { SiteRefusal, type SiteWork } from "../../fleet/rollout/work";
import { ensure } from "../../lab/toolchain/artifact";
import { temporal } from "../../lab/toolchain/temporal";
import { engine } from "../../temporal";
import { activitiesOf } from "../../temporal/activities";
import { workflowBundle } from "../../temporal/bundle";
import { MAIN_QUEUE } from "../../temporal/queues";
import { brokenBy } from "../fleet/rolloutHistory";
import { signedPlan } from "./fleet";
import { tellOnlyErrors } from "./runtime";

// Limits and gates hold on the real service for fleets that are drawn, as the histories of the service itself show. Minutes are seconds.
const PORT = 18_235;
const FLEETS = 8;
const pace = { awayAfter: 60, silence: 5, askAgain: 0.2 };
const folder = mkdtempSync(join(tmpdir(), "groundwork-fleets-"));
let server: Server;
let rollouts: RolloutService;
let client: Client;
let worker: Worker;
let running: Promise<void>;

const fates = fc.record({
  takes: fc.integer({ min: 0, max: 600 }),
  away: fc.constantFrom(0, 0, 0, 1),
  failed: fc.constantFrom(0, 0, 0, 0, 1),
  hangs: fc.constantFrom(0, 0, 0, 0, 0, 1),
  ill: fc.constantFrom(0, 0, 1),
  isShut: fc.constantFrom(false, false, false, false, false, false, true),
});
type Fate = typeof fates extends fc.Arbitrary<infer T> ? T : never;

const fleets = fc.record({
  sites: fc.array(fates, { minLength: 2, maxLength: 9 }),
  policy: fc.record({
    canaries: fc.integer({ min: 1, max: 2 }),
    waves: fc.array(fc.record({ count: fc.integer({ min: 1, max: 3 }) }), { maxLength: 2 }),
    atOnce: fc.integer({ min: 1, max: 4 }),
    failures: fc.integer({ min: 0, max: 2 }),
    failuresPerWave: fc.integer({ min: 0, max: 2 }),
    healthGate: fc.boolean(),
    approval: fc.constantFrom("never", "after-canaries", "every-wave"),
    onTimeOut: fc.constantFrom("stop", "go-on"),
    perTown: fc.boolean(),
  }),
  soak: fc.constantFrom<number>(0, 1),
  siteSeconds: fc.constantFrom<number>(3, 60),
  /** What a person does at each look: nothing, mostly. */
  person: fc.array(fc.constantFrom("", "", "", "pause", "resume"), { minLength: 5, maxLength: 5 }),
  givesUp: fc.constantFrom(false, false, false, true),
});
type Fleet = typeof fleets extends fc.Arbitrary<infer T> ? T : never;

/** What is still to happen to each site, by its name. */
const ahead = new Map<string, Fate>();
const happens = (site: string, what: "away" | "failed" | "hangs" | "ill") => {
  const fate = ahead.get(site) as Fate;
  return fate[what]-- > 0;
};
const work: SiteWork = {
  async stage({ site }) {
    if (happens(site, "away")) throw new SiteRefusal("away", "its vCenter does not answer");
  },
  async admit() {},
  async apply({ site }, { signal }) {
    await sleep(happens(site, "hangs") ? 60_000 : ahead.get(site)?.takes, undefined, { signal });
    if (happens(site, "failed")) throw new SiteRefusal("failed", "pulumi up: failed");
  },
  async unhealthy(site) {
    return happens(site, "ill") ? "etcd has lost a member" : undefined;
  },
};

/** One at which nothing goes wrong. */
const calm: Fleet = {
  sites: Array.from({ length: 6 }, () => ({ takes: 300, away: 0, failed: 0, hangs: 0, ill: 0, isShut: false })),
  policy: {
    canaries: 1,
    waves: [{ count: 2 }],
    atOnce: 2,
    failures: 0,
    failuresPerWave: 0,
    healthGate: true,
    approval: "every-wave",
    onTimeOut: "stop",
    perTown: true,
  },
  soak: 1,
  siteSeconds: 600,
  person: [],
  givesUp: false,
};

function planFor({ sites, policy: { perTown, ...policy }, soak, siteSeconds }: Fleet, prefix: string): RolloutPlan {
  const opensIn = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  const shut = { windows: [{ days: [...DAYS], from: opensIn(3), to: opensIn(9) }] };
  const limits = perTown ? { atOncePer: { town: 1 } } : {};
  const { plan } = signedPlan(sites.length, { ...policy, ...limits }, (i) => (sites[i]?.isShut ? shut : {}));
  const named = (name: string) => `${prefix}-${name}`;
  return {
    ...plan,
    // What never opens would be waited for.
    expires: new Date(Date.now() + (sites.some(({ isShut }) => isShut) ? 30_000 : 600_000)).toISOString(),
    policy: { ...plan.policy, soakMinutes: soak / 60, siteMinutes: siteSeconds / 60 },
    waves: plan.waves.map((wave) => wave.map(named)),
    sites: plan.sites.map((site) => ({ ...site, name: named(site.name) })),
  };
}
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** Carries a fleet's rollout out, with a person who does what it needs. */
async function carriedOut(fleet: Fleet, prefix: string) {
  const plan = planFor(fleet, prefix);
  for (const [i, fate] of fleet.sites.entries()) ahead.set(`${prefix}-s-${i}`, { ...fate });
  const { id } = await rollouts.start({ plan, signature: prefix + Math.random() }, pace);
  for (let look = 0; ; look++) {
    await sleep(300);
    // A busy computer answers late.
    const status = (await rollouts.status(id).catch(() => undefined))?.status;
    if (status === undefined) continue;
    if (["finished", "aborted", "expired"].includes(status.is)) break;
    const [, , order = "", wave] = status.needs?.split(" ") ?? [];
    // What ends just now takes no order.
    const give = async () => {
      if (order === "resume" || fleet.person[look] === "resume") await rollouts.resume(id);
      else if (order === "approve") await rollouts.approve(id, Number(wave));
      else if (order.startsWith("retry")) await (fleet.givesUp ? rollouts.abort(id) : rollouts.retry(id, []));
      else if (fleet.person[look] === "pause") await rollouts.pause(id);
    };
    await give().catch(() => {});
  }
  const workflow = client.workflow.getHandle(`groundwork/demo/rollout/${id}`);
  const { is, history } = (await workflow.result()) as { is: string; history: Parameters<typeof brokenBy>[1] };
  return { plan, is, history, evidence: await evidenceOf(client, workflow.workflowId, plan.waves) };
}

beforeAll(async () => {
  const program = join(await ensure(temporal), "temporal");
  server = await engine.serve({ program, database: join(folder, "temporal.db"), port: PORT });
  const { address } = server;
  rollouts = await engine.connect({ address, namespace: "default" }, "demo");
  client = new Client({ connection: await Connection.connect({ address }) });
  tellOnlyErrors();
  worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue: MAIN_QUEUE,
    workflowBundle: await workflowBundle(),
    activities: { ...activitiesOf(work) },
  });
  running = worker.run();
});

afterAll(async () => {
  worker?.shutdown();
  await running;
  await client?.connection.close();
  await rollouts?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it("fleets that are drawn keep every limit and gate, as Temporal's own histories show", async () => {
  let begun = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fleets, { minLength: FLEETS, maxLength: FLEETS }), async (all) => {
      const ran = await Promise.all([calm, ...all].map((fleet, i) => carriedOut(fleet, `f${i}`)));
      for (const { plan, is, history, evidence } of ran) {
        const told = () => JSON.stringify({ plan, events: evidence.events, history }, null, 1);
        expect(brokenBy(plan, evidence.events), told()).toEqual([]);
        expect(brokenBy(plan, history), told()).toEqual([]);
        expect(Math.max(0, ...evidence.completed.values())).toBeLessThanOrEqual(1);
        if (is === "finished") {
          const changed = history.flatMap((one) => (one.event === "succeeded" ? [one.site] : []));
          expect([...evidence.completed.keys()]).toEqual(expect.arrayContaining(changed));
        }
        begun += evidence.events.filter(({ event }) => event === "started").length;
      }
      // What checks them finds what is broken: the calm one begins with its first wave.
      const [quiet] = ran as [(typeof ran)[0]];
      expect(quiet.evidence.completed.size).toBe(calm.sites.length);
      expect(brokenBy({ ...quiet.plan, waves: quiet.plan.waves.toReversed() }, quiet.evidence.events)).not.toEqual([]);
    }),
    { numRuns: 1, endOnFailure: true },
  );
  expect(begun).toBeGreaterThan(FLEETS);
});
