import { expect, test } from "vitest";
import { planRow, rolloutRows } from "../../bench/fleet/rows";
import { judged } from "../../bench/ratio";

test("the benchmark of fleets, in its short form: nothing is broken while worker and server are killed", async () => {
  const said: string[] = [];
  const say = (text: string) => said.push(text);
  const rows = await rolloutRows({ sites: 12, workerKills: 1, serverKills: 1 }, say, 18_236, 300);
  const plan = planRow(12, say);
  expect([...rows, plan].map(({ what }) => what)).toEqual([
    "processor time of server and worker for each of 12 sites",
    "memory of the worker, started as by the unit of docs/fleet.md",
    "what the checker found broken in a rollout",
    "the same while the worker was killed 1 times and the server 1 times",
    "plan of a rollout over 12 sites that were read before, verdicts given",
  ]);
  expect(rows.slice(2).map(judged), said.join("\n")).toEqual([0, 0]);
  expect(judged(rows[0] as (typeof rows)[0])).toBeGreaterThan(0);
  expect(judged(plan)).toBeGreaterThan(0);
  expect(said.filter((line) => line.endsWith(" is killed"))).toHaveLength(2);
  expect(said.filter((line) => line.startsWith("12 sites in "))).toHaveLength(2);
});
