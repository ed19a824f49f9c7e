import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { repository } from "../lab/toolchain/artifact";
import type { Limit } from "./ratio";

/** A plan of the largest site that there may be and its single failures, each time in a process of its own. */
export function plannerRows(runs: number, say: (text: string) => void, hosts = 5000): Limit[] {
  const time: Limit = {
    what: "plan of 5,000 hosts with 5,000 nodes, the most there may be, and its failures",
    unit: "s",
    values: [],
    most: 3,
  };
  const memory: Limit = { what: "resident memory with them", unit: "GB", values: [], most: 1.2 };
  for (let run = 0; run < runs; run++) {
    const { stdout, stderr, status } = spawnSync("npx", ["tsx", "bench/largeSite.ts", String(hosts)], {
      cwd: repository,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`bench/largeSite.ts: exit code ${status}\n${stderr}`);
    const measured = JSON.parse(stdout) as { seconds: number; residentGB: number };
    time.values.push(measured.seconds);
    memory.values.push(measured.residentGB);
    say(
      `run ${run + 1} of ${runs}: ${hosts} hosts in ${measured.seconds.toFixed(2)} s with ${measured.residentGB.toFixed(2)} GB`,
    );
  }
  return [time, memory];
}

/** `groundwork plan` of an example as people run it, without the time that Node needs for nothing. */
export function commandRow(runs: number, say: (text: string) => void): Limit {
  const row: Limit = {
    what: "`groundwork plan` of an example, after the start of Node",
    unit: "s",
    values: [],
    most: 0.5,
  };
  const timed = (...args: string[]) => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: repository, encoding: "utf8" });
    if (status !== 0) throw new Error(`node ${args.join(" ")}: exit code ${status}\n${stderr}`);
    return (performance.now() - start) / 1000;
  };
  const command = [join(repository, "cli/groundwork.cjs"), "plan", "docs/examples/08-three-hosts.yaml"];
  for (let run = 0; run < runs; run++) row.values.push(timed(...command) - timed("--eval", "0"));
  say(`groundwork plan: ${row.values.map((value) => value.toFixed(2)).join(", ")} s after the start of Node`);
  return row;
}
