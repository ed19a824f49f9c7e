import { spawnSync } from "node:child_process";
import { repository } from "../../lab/toolchain/artifact";
import type { Row } from "../ratio";
import { trend } from "./reading";
import { type Run, ran } from "./rollout";
import { Simulation } from "./simulation";

/** Sites of each rollout, and how often its worker and its server are killed in the second one. */
export interface Kills {
  sites: number;
  workerKills: number;
  serverKills: number;
}

/** The figures of a rollout without kills, and of one with them. */
export async function rolloutRows(
  { sites, workerKills, serverKills }: Kills,
  say: (text: string) => void,
  port = 18_333,
  longest = 2000,
): Promise<Row[]> {
  const of = async (kills: Run["kills"]) => {
    const simulation = await Simulation.start(port, longest);
    try {
      return await ran(simulation, { sites, atOnce: Math.max(2, Math.ceil(sites / 25)), kills }, say);
    } finally {
      await simulation.stop();
    }
  };
  const calm = await of({ worker: 0, server: 0 });
  const { first, last } = trend(calm.memory);
  const killed = await of({ worker: workerKills, server: serverKills });
  return [
    {
      what: `processor time of server and worker for each of ${sites} sites`,
      unit: "s",
      values: [calm.cpuPerSite],
      most: 0.25,
    },
    {
      what: "memory of the worker, started as by the unit of docs/fleet.md",
      unit: "MB",
      before: [first],
      now: [last],
      most: 1.1,
    },
    {
      what: "what the checker found broken in a rollout",
      unit: "",
      values: [calm.broken.length],
      most: 0,
    },
    {
      what: `the same while the worker was killed ${workerKills} times and the server ${serverKills} times`,
      unit: "",
      values: [killed.broken.length],
      most: 0,
    },
  ];
}

/** The time that the plan of a rollout takes, the verdicts given. */
export function planRow(sites: number, say: (text: string) => void): Row {
  const { stdout, stderr, status } = spawnSync("npx", ["tsx", "bench/rolloutPlan.ts", String(sites)], {
    cwd: repository,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`bench/rolloutPlan.ts: exit code ${status}\n${stderr}`);
  const { rendering, first, reading, planning, calendar, residentMB } = JSON.parse(stdout) as Record<string, number>;
  const told = (seconds = 0) => `${seconds.toFixed(1)} s`;
  say(
    `${sites} sites: rendered in ${told(rendering)}, read in ${told(first)} and again in ${told(reading)}, planned in ${told(planning)}, calendar in ${told(calendar)}, ` +
      `${(residentMB ?? 0).toFixed(0)} MB`,
  );
  const what = `plan of a rollout over ${sites} sites that were read before, verdicts given`;
  return { what, unit: "s", values: [(reading ?? 0) + (planning ?? 0)], most: 10 };
}
