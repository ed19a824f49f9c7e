import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection, Worker } from "@temporalio/worker";
import { afterAll, beforeAll, expect, it } from "vitest";
import { evidenceOf } from "../../bench/fleet/evidence";
import type { RolloutService, Server } from "../../fleet/rollout/service";
import { SiteRefusal, type SiteWork } from "../../fleet/rollout/work";
import { ensure } from "../../lab/toolchain/artifact";
import { temporal } from "../../lab/toolchain/temporal";
import { engine } from "../../temporal";
import { activitiesOf } from "../../temporal/activities";
import { workflowBundle } from "../../temporal/bundle";
import { MAIN_QUEUE, queueFor } from "../../temporal/queues";
import { brokenBy } from "../fleet/rolloutHistory";
import { seenOf } from "./asking";
import { signedPlan } from "./fleet";
import { tellOnlyErrors } from "./runtime";

// What Temporal hands over together is decided on together, whichever piece of it the workflow hears first.
const PORT = 18_239;
const pace = { awayAfter: 60, silence: 10, askAgain: 0.2, queueBy: "town" };
const folder = mkdtempSync(join(tmpdir(), "groundwork-together-"));
let server: Server;
let rollouts: RolloutService;
let client: Client;
let isAway = true;
const workers: Worker[] = [];
const running = new Map<Worker, Promise<void>>();

const work: SiteWork = {
  async stage({ site }) {
    if (isAway && site === "s-0") throw new SiteRefusal("away", "its vCenter does not answer");
  },
  async admit({ site }) {
    if (isAway && site === "s-0") throw new SiteRefusal("away", "its vCenter does not answer");
  },
  async apply() {},
  async unhealthy() {
    return undefined;
  },
};

async function begin(options: { taskQueue: string } & ({ workflows: true } | { activities: true })): Promise<Worker> {
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address: server.address }),
    taskQueue: options.taskQueue,
    ...("workflows" in options ? { workflowBundle: await workflowBundle() } : { activities: activitiesOf(work) }),
  });
  workers.push(worker);
  running.set(worker, worker.run());
  return worker;
}

async function end(worker: Worker): Promise<void> {
  if (worker.getState() === "RUNNING") worker.shutdown();
  await running.get(worker);
}

beforeAll(async () => {
  const program = join(await ensure(temporal), "temporal");
  server = await engine.serve({ program, database: join(folder, "temporal.db"), port: PORT });
  rollouts = await engine.connect({ address: server.address, namespace: "default" }, "demo");
  client = new Client({ connection: await Connection.connect({ address: server.address }) });
  tellOnlyErrors();
});

afterAll(async () => {
  for (const worker of workers) await end(worker);
  await client?.connection.close();
  await rollouts?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it("a canary that is back when its wave is approved goes first, also when both are heard of in one task", async () => {
  const signed = signedPlan(3, { canaries: 1, approval: "after-canaries", atOnce: 2 });
  for (const town of ["fulda", "kassel", "marburg"])
    await begin({ taskQueue: queueFor("town", town), activities: true });
  const decides = await begin({ taskQueue: MAIN_QUEUE, workflows: true });
  const { id } = await rollouts.start(signed, pace);
  const workflow = client.workflow.getHandle(`groundwork/demo/rollout/${id}`);
  await seenOf(rollouts, id, ({ needs }) => needs === "groundwork rollout approve 1");

  // Nobody decides while both happen.
  await end(decides);
  isAway = false;
  const isBack = async () => {
    const events = (await workflow.fetchHistory()).events ?? [];
    return events.at(-1)?.workflowTaskScheduledEventAttributes && events.at(-2)?.activityTaskCompletedEventAttributes;
  };
  await expect.poll(isBack, { timeout: 60_000 }).toBeTruthy();
  const approved = rollouts.approve(id, 1);
  await sleep(1000);
  await begin({ taskQueue: MAIN_QUEUE, workflows: true });
  await approved;

  const { history } = await seenOf(rollouts, id, ({ is }) => is === "finished");
  expect(brokenBy(signed.plan, history)).toEqual([]);
  const { events } = await evidenceOf(client, workflow.workflowId, signed.plan.waves);
  expect(brokenBy(signed.plan, events)).toEqual([]);
  expect(events.flatMap((one) => (one.event === "started" ? [one.site] : []))[0]).toBe("s-0");
});
