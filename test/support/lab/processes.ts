import { readdirSync, readFileSync } from "node:fs";

/** A process of this machine. */
export interface Process {
  pid: number;
  parent: number;
  command: string[];
}

/** Every process that runs now. */
export function processes(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The second field is the program's name in parentheses, which may hold anything.
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0").filter(Boolean);
        return [{ pid: Number(name), parent, command }];
      } catch {
        return []; // ended meanwhile
      }
    });
}

/** A process and all that it started, parents first. */
export function treeOf(pid: number, all = processes()): Process[] {
  const [root] = all.filter((each) => each.pid === pid);
  if (!root) return [];
  return [root, ...all.filter(({ parent }) => parent === pid).flatMap((child) => treeOf(child.pid, all))];
}

/** Ends them at once, as a loss of power would: first all stand still, so that none can react to the end of another. */
export function killAll(victims: readonly Process[]): void {
  for (const signal of ["SIGSTOP", "SIGKILL"] as const)
    for (const { pid } of victims)
      try {
        process.kill(pid, signal);
      } catch {
        // ended meanwhile
      }
}
