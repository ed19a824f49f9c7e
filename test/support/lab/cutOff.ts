import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { labPaths } from "../../../lab/environment";
import { repository } from "../../../lab/toolchain/artifact";
import { killAll, type Process, treeOf } from "./processes";

/** When an `up` loses its power. */
export interface Moment {
  /** What Pulumi prints then. */
  sign: RegExp;
  /** Milliseconds after it. */
  after: number;
  /** Only Pulumi's command line is killed, and what it started has to end by itself. */
  onlyCli?: boolean;
}

/**
 * Starts `npm run demo` in a lab and kills it and all that it started at once, as a loss of power would. Its datacenter goes on.
 *
 * @returns ids of the processes that were left at work, with `onlyCli`
 * @throws Error with all that was printed, if there was no such moment
 */
export async function cutOff(lab: string, { sign, after, onlyCli }: Moment, ...args: string[]): Promise<number[]> {
  const log = join(labPaths(lab).logs, "up.log");
  const demo = spawn("node", ["lab/bootstrap.cjs", "lab/demo.ts", "--name", lab, ...args], {
    cwd: repository,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [demo.stdout, demo.stderr]) stream.on("data", (chunk: Buffer) => (printed += chunk));
  let ended = false;
  const exit = new Promise<void>((resolve) =>
    demo.on("close", () => {
      ended = true;
      resolve();
    }),
  );
  const tree = () => treeOf(demo.pid ?? 0);
  // The log of an earlier run is emptied when Pulumi starts.
  const signed = () => tree().some(isUp) && existsSync(log) && sign.test(readFileSync(log, "utf8"));
  let seen = false;
  for (const end = Date.now() + 900_000; !ended && !seen && Date.now() < end; seen = signed()) await sleep(50);
  if (seen) await sleep(after);
  const commands = tree().filter((each) => !isVcenter(each));
  const cli = commands.find(isUp);
  const below = new Set(treeOf(cli?.pid ?? 0).map(({ pid }) => pid));
  const spared = ({ pid }: Process) => onlyCli && below.has(pid) && pid !== cli?.pid;
  killAll(commands.filter((each) => !spared(each)));
  await Promise.race([exit, sleep(10_000)]);
  if (!cli || !seen) throw new Error(`\`pulumi up\` was not at work ${after} ms after ${sign}\n${printed}`);
  return commands.filter(spared).map(({ pid }) => pid);
}

function isUp({ command }: Process): boolean {
  return basename(command[0] ?? "") === "pulumi" && command[1] === "up";
}

/** The simulator is the datacenter, not the command. */
function isVcenter({ command }: Process): boolean {
  return basename(command[0] ?? "") === "vcenter";
}
