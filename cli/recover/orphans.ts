import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PulumiStack } from "../stack/pulumi";

/** A plugin asked to end finishes a request that is under way within this time, or never will. */
const patience = 10_000;

/**
 * Ends the plugins, policy packs and programs that a killed `pulumi` of this stack left behind. Plugins go on with what they were asked
 * last, and nobody would ever write down what they made.
 *
 * @returns how many there were; 0 where processes cannot be looked at (no /proc)
 */
export async function endOrphans(stack: PulumiStack): Promise<number> {
  const orphans = findOrphans(stack);
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const pid of orphans) signalled(pid, signal);
    for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(50))
      if (findOrphans(stack).length === 0) return orphans.length;
  }
  return orphans.length;
}

/** Whether a process runs, whoever owns it. One that has ended, but whose end nobody has asked for yet, does not. */
export function isAlive(pid: number): boolean {
  try {
    const stat = `/proc/${pid}/stat`;
    if (existsSync(stat) && /^[ZX]/.test(readFileSync(stat, "utf8").split(") ").at(-1) ?? "")) return false;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function signalled(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/** What no `pulumi` runs any more, with the same state backend, stack and program as ours. */
function findOrphans({ env, folder, stack }: PulumiStack): number[] {
  return processIds().filter((pid) => {
    try {
      if (!isPulumis(readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")) || isOfPulumi(pid)) return false;
      const theirs = environmentOf(pid);
      const sameStack = theirs.get("PULUMI_STACK") === undefined || theirs.get("PULUMI_STACK") === stack;
      const sameState = ["PULUMI_BACKEND_URL", "PULUMI_HOME"].every((name) => theirs.get(name) === env[name]);
      return sameStack && sameState && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false; // It has ended, or is not ours to look at.
    }
  });
}

/** What `pulumi` starts: plugins, language hosts and launchers by their names, a program or policy pack by what runs it in Node. */
function isPulumis(command: string[]): boolean {
  return (
    command.slice(0, 2).some((word) => /^pulumi-(resource|language|analyzer)-/.test(basename(word))) ||
    command.some((word) => /\/@pulumi\/pulumi\/cmd\/run(-policy-pack|-plugin)?(\/|$)/.test(word))
  );
}

/** Whether `pulumi` runs it, itself or through a launcher. */
function isOfPulumi(pid: number): boolean {
  for (
    let each = pid;
    each > 1;
    each = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${each}/status`, "utf8"))?.[1])
  )
    if (/^pulumi$/m.test(readFileSync(`/proc/${each}/comm`, "utf8"))) return true;
  return false;
}

function processIds(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function environmentOf(pid: number): Map<string, string> {
  const pairs = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}
