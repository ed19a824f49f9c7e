import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { temporal } from "@temporalio/proto";
import { Command } from "commander";
import { historyOf, runsOf } from "../../bench/fleet/evidence";
import { PROJECT, Simulation } from "../../bench/fleet/simulation";
import type { RolloutStatus } from "../../fleet/rollout/status";
import { runMain } from "../../lab/main";
import { repository } from "../../lab/toolchain/artifact";
import { version as present } from "../../package.json";
import { MAIN_QUEUE } from "../../temporal/queues";
import { seenOf } from "./asking";
import { signedPlan } from "./fleet";

const PACE = { awayAfter: 60, silence: 10, askAgain: 0.3 };
const { History } = temporal.api.history.v1;

const program = new Command("npm run rollouts:record --")
  .description(
    "Carries out rollouts, looks and drills over simulated sites, and records their histories under test/rollout/histories/, " +
      "with which the workflows of every later program must go on.",
  )
  .option("--release <version>", "the release whose workflows they are", present)
  .option("--replace", "overwrite the histories of this release that are recorded already")
  .helpOption("--help", "show this")
  .exitOverride();

class Recording {
  constructor(
    private readonly simulation: Simulation,
    private readonly folder: string,
  ) {}

  /** A canary that is ill at first, an approval, a pause, a site that is away, one that fails, and a worker that is killed. */
  async gates(): Promise<void> {
    const { rollouts } = this.simulation;
    const policy = { canaries: 1, waves: [{ count: 3 }], atOnce: 2, approval: "after-canaries" };
    this.say("s-0.ill", "etcd has lost a member");
    this.say("s-2.away", "its vCenter does not answer");
    this.say("s-4.failed", "pulumi up: failed");
    const { id } = await rollouts.start(signedPlan(7, policy), PACE);
    await this.seen(id, ({ waits }) => waits === "wave 0 has not been found healthy");
    await sleep(2000);
    this.unsay("s-0.ill");
    await this.seen(id, ({ needs }) => needs === "groundwork rollout approve 1");
    await rollouts.pause(id);
    await rollouts.approve(id, 1);
    await this.seen(id, ({ is }) => is === "paused");
    await rollouts.resume(id);
    await this.seen(id, ({ needs }) => needs === "groundwork rollout retry, or abort");
    this.unsay("s-4.failed");
    await rollouts.retry(id, []);
    await this.simulation.killWorker();
    this.unsay("s-2.away");
    await this.seen(id, ({ is }) => is === "finished");
    await this.keep("gates", this.workflowOf(id));
    await this.keep("change", `groundwork/${PROJECT}/site/s-4`);
  }

  /** A site whose time is up. A minute of the plan is a second here. */
  async timedOut(): Promise<void> {
    const { rollouts } = this.simulation;
    this.say("s-0.hangs");
    this.unsay("s-0.applied");
    const { plan, signature } = signedPlan(2, { onTimeOut: "stop" });
    const short = { ...plan, policy: { ...plan.policy, siteMinutes: 2 / 60 } };
    const { id } = await rollouts.start({ plan: short, signature }, PACE);
    await this.seen(id, ({ needs }) => needs === "groundwork rollout retry, or abort");
    await this.keep("change-timed-out", `groundwork/${PROJECT}/site/s-0`);
    this.unsay("s-0.hangs");
    await rollouts.retry(id, []);
    await this.seen(id, ({ is }) => is === "finished");
    await this.keep("timed-out", this.workflowOf(id));
  }

  /** Ended in the middle of a change, which goes on to its end. */
  async aborted(): Promise<void> {
    const { rollouts } = this.simulation;
    this.say("s-1.hangs");
    this.unsay("s-1.applied");
    const { id } = await rollouts.start(signedPlan(3, {}), PACE);
    await this.seen(id, ({ sites }) => sites.some(({ site, is }) => site === "s-1" && is === "changing"));
    await rollouts.abort(id);
    this.unsay("s-1.hangs");
    await this.seen(id, ({ is }) => is === "aborted");
    await this.keep("aborted", this.workflowOf(id));
  }

  /** So many sites that the rollout goes on in a second run. */
  async longRollout(): Promise<void> {
    const { id } = await this.simulation.rollouts.start(signedPlan(250, { atOnce: 20, atOncePer: { town: 20 } }), PACE);
    await this.seen(id, ({ is }) => is === "finished");
    const [, second] = await runsOf(this.simulation.client, this.workflowOf(id));
    if (second === undefined) throw new Error("the rollout had no second run");
    this.write("second-run", second);
  }

  async watch(): Promise<void> {
    const { workflow } = this.simulation.client;
    const drills = { from: "01:00", everyDays: 1, machines: "10.0.0.9-10.0.0.12", apiVip: "10.0.0.8" };
    const input = { project: PROJECT, pace: PACE, timeZone: "UTC", atOnce: 2, drills };
    const repair = { what: ["changed-by-hand"] };
    for (const name of ["looks", "drills"]) {
      const args = [{ ...input, repair }];
      await workflow.execute(name, { workflowId: name, taskQueue: MAIN_QUEUE, args });
      await this.keep(name, name);
    }
    await this.keep("tell", "looks/tell-0");
    await this.keep("drill", `groundwork/${PROJECT}/site/s-1`);
  }

  private seen(id: string, isWanted: (status: RolloutStatus) => boolean): Promise<RolloutStatus> {
    return seenOf(this.simulation.rollouts, id, isWanted);
  }

  private workflowOf(rollout: string): string {
    return `groundwork/${PROJECT}/rollout/${rollout}`;
  }

  private say(name: string, text = ""): void {
    writeFileSync(join(this.simulation.folder, name), text);
  }

  private unsay(name: string): void {
    rmSync(join(this.simulation.folder, name), { force: true });
  }

  private async keep(name: string, workflowId: string): Promise<void> {
    this.write(name, await historyOf(this.simulation.client, workflowId));
  }

  private write(name: string, events: temporal.api.history.v1.IHistoryEvent[]): void {
    forgetWhere(events);
    writeFileSync(join(this.folder, `${name}.bin.gz`), gzipSync(History.encode({ events }).finish(), { level: 9 }));
    console.log(`${name}: ${events.length} events`);
  }
}

/** Leaves out on which machine, in which process and in which folder it was recorded. */
function forgetWhere(part: unknown): void {
  if (part === null || typeof part !== "object" || part instanceof Uint8Array) return;
  for (const [key, value] of Object.entries(part))
    if (key === "stackTrace") Object.assign(part, { [key]: "" });
    else if (typeof value === "string" && /^\d+@/.test(value)) Object.assign(part, { [key]: "worker" });
    else forgetWhere(value);
}

async function main(): Promise<void> {
  const { release, replace } = program.parse().opts<{ release: string; replace?: boolean }>();
  if (!/^\d+\.\d+\.\d+$/.test(release))
    throw new Error(`--release: "${release}" is no version; give one such as 0.1.0`);
  const folder = join(repository, "test/rollout/histories", release);
  if (existsSync(folder) && !replace)
    throw new Error(
      `${relative(repository, folder)}: it is recorded already, and a release's histories do not change; give --replace if it was never released`,
    );
  mkdirSync(folder, { recursive: true });
  const simulation = await Simulation.start(18_334, 300);
  try {
    const recording = new Recording(simulation, folder);
    await recording.gates();
    await recording.timedOut();
    await recording.aborted();
    await recording.longRollout();
    await recording.watch();
  } finally {
    await simulation.stop();
  }
}

runMain(main);
