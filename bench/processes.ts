import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/** What a process and everything it started used. */
export interface Usage {
  /** Highest sum of the processes' own shares of memory (PSS) at one time, in MB. */
  peakMB: number;
  /** Processor time, in seconds, by program. */
  cpu: Map<string, number>;
}

const ticksPerSecond = 100;

/** A process. */
export interface Stat {
  pid: number;
  parent: number;
  /** Processor time, in seconds. */
  cpu: number;
}

/** Looks at `pulumi` and everything it started, several times a second, until it is stopped. The lab's own processes do not count. */
export class ProcessWatch {
  private readonly cpu = new Map<number, { program: string; seconds: number }>();
  private readonly timer: NodeJS.Timeout;
  private peakMB = 0;

  constructor(everyMs = 200) {
    this.timer = setInterval(() => this.look(), everyMs);
  }

  stop(): Usage {
    clearInterval(this.timer);
    const cpu = new Map<string, number>();
    for (const { program, seconds } of this.cpu.values()) cpu.set(program, (cpu.get(program) ?? 0) + seconds);
    return { peakMB: this.peakMB, cpu };
  }

  private look(): void {
    let kB = 0;
    for (const { pid, cpu } of pulumiBelow(process.pid)) {
      const known = this.cpu.get(pid);
      this.cpu.set(pid, { program: known?.program ?? programOf(pid), seconds: cpu });
      kB += pssOf(pid);
    }
    this.peakMB = Math.max(this.peakMB, kB / 1000);
  }
}

/** Every process of this computer. */
export function processes(): Stat[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
}

function pulumiBelow(parent: number): Stat[] {
  const children = new Map<number, Stat[]>();
  for (const stat of processes()) children.set(stat.parent, [...(children.get(stat.parent) ?? []), stat]);
  const tree = (children.get(parent) ?? []).filter(({ pid }) => programOf(pid) === "pulumi");
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** The fields after the program's name, which stands in parentheses and may hold anything. */
export function statOf(pid: number): Stat | undefined {
  const text = contentOf(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { pid, parent: Number(fields[1]), cpu: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond };
}

/** The name of a process's program. */
export function programOf(pid: number): string {
  const [program = "", ...args] = (contentOf(`/proc/${pid}/cmdline`) ?? "").split("\0");
  if (basename(program) !== "node") return basename(program);
  const script = args.find((arg) => arg.includes("/") && !arg.startsWith("-"));
  return /polic(y|ies)/.test(script ?? "") ? "node (policy pack)" : "node (program)";
}

/** A process's own share of memory, in kB. */
export function pssOf(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(contentOf(`/proc/${pid}/smaps_rollup`) ?? "")?.[1] ?? 0);
}

/** Undefined for a process that has ended. */
function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
