import { setTimeout as sleep } from "node:timers/promises";
import { DateTime } from "luxon";
import { DAYS } from "../../fleet/file/days";
import type { Maintenance } from "../../fleet/file/schema";
import { brokenBy } from "../../test/fleet/rolloutHistory";
import { signedPlan } from "../../test/rollout/fleet";
import { type Evidence, evidenceOf } from "./evidence";
import type { Reading } from "./reading";
import { PROJECT, type Simulation } from "./simulation";

/** A rollout over simulated sites. */
export interface Run {
  sites: number;
  atOnce: number;
  /** How often each is killed, at moments that are drawn. */
  kills: { worker: number; server: number };
}

/** What came out. */
export interface Outcome {
  seconds: number;
  /** Processor time of worker and server for each site; without kills only. */
  cpuPerSite: number;
  /** The worker's memory, several times a second; without kills only. */
  memory: Reading[];
  evidence: Evidence;
  /** Whatever was broken, a sentence each. */
  broken: string[];
}

/** A worker that says nothing for ten seconds has ended. */
const PACE = { awayAfter: 60, silence: 10, askAgain: 1 };

/** Carries a rollout out, and judges it by what Temporal wrote down. */
export async function ran(simulation: Simulation, run: Run, say: (text: string) => void): Promise<Outcome> {
  const { sites, atOnce } = run;
  const signed = signedPlan(
    sites,
    {
      canaries: Math.ceil(sites / 100),
      waves: [{ share: 0.1 }, { share: 0.3 }],
      atOnce,
      atOncePer: { town: Math.ceil(atOnce / 2) },
      siteMinutes: 30,
    },
    (i) => (i % 3 === 0 ? openNow(i % 2 === 0 ? "Europe/Berlin" : "Asia/Kolkata") : {}),
  );
  const [begun, cpuBefore] = [performance.now(), simulation.cpuSeconds()];
  const { id } = await simulation.rollouts.start(signed, PACE);
  const workflow = `groundwork/${PROJECT}/rollout/${id}`;
  const memory: Reading[] = [];
  const moments = momentsOf(run);
  for (;;) {
    const changed = simulation.log().filter((line) => line.endsWith(" changed")).length;
    const [next] = moments;
    if (next !== undefined && changed >= next.after) {
      moments.shift();
      await sleep(Math.random() * 1000);
      say(`${changed} of ${sites} sites changed: the ${next.kills} is killed`);
      await (next.kills === "worker" ? simulation.killWorker() : simulation.killServer());
    }
    if (run.kills.worker === 0 && changed >= sites * 0.1) memory.push({ sites: changed, MB: simulation.workerMB() });
    if (changed === sites && (await hasEnded(simulation, workflow))) break;
    await sleep(250);
  }
  const seconds = (performance.now() - begun) / 1000;
  const cpuPerSite = (simulation.cpuSeconds() - cpuBefore) / sites;
  const evidence = await evidenceOf(simulation.client, workflow, signed.plan.waves);
  const broken = [
    ...brokenBy(signed.plan, evidence.events),
    ...signed.plan.sites.flatMap(({ name }) => {
      const often = evidence.completed.get(name) ?? 0;
      return often === 1 ? [] : [`${name}: its change was completed ${often} times`];
    }),
    ...signed.plan.sites.flatMap(({ name }) => {
      const often = simulation.log().filter((line) => line === `${name} changed`).length;
      return often === 1 ? [] : [`${name}: it was changed ${often} times`];
    }),
  ];
  say(
    `${sites} sites in ${seconds.toFixed(0)} s; ${evidence.takenUp} changes were taken up again; the rollout's history had ` +
      `${evidence.runs} runs, the longest of ${evidence.longestRun} events`,
  );
  const read = memory.map(({ MB }) => MB);
  if (memory.length > 0)
    say(
      `the worker: ${Math.min(...read).toFixed(0)} to ${Math.max(...read).toFixed(0)} MB from the second tenth of the sites on`,
    );
  for (const sentence of broken) say(`BROKEN: ${sentence}`);
  return { seconds, cpuPerSite, memory, evidence, broken };
}

/** When what is killed: after so many sites, drawn over all of the rollout. */
function momentsOf({ sites, kills }: Run): { after: number; kills: "worker" | "server" }[] {
  const drawn = (often: number, what: "worker" | "server") =>
    Array.from({ length: often }, () => ({ after: Math.floor(Math.random() * sites * 0.98), kills: what }));
  return [...drawn(kills.worker, "worker"), ...drawn(kills.server, "server")].sort((a, b) => a.after - b.after);
}

/** Windows of every day that opened two hours ago, and shut in eight. */
function openNow(timeZone: string): Maintenance {
  const now = DateTime.now().setZone(timeZone);
  const clock = (hours: number) => now.plus({ hours }).toFormat("HH:mm");
  return { timeZone, windows: [{ days: [...DAYS], from: clock(-2), to: clock(8) }] };
}

async function hasEnded({ client }: Simulation, workflow: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflow).describe()).status.name !== "RUNNING";
  } catch {
    return false; // a server that has just been killed
  }
}
