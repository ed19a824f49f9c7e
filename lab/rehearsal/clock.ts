import { closeSync, openSync, readdirSync, readFileSync, readSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Lets the time of day jump for some processes and nobody else. Programs ask for it in the vDSO, code that the kernel maps into each
 * of them; there its entries are led to code of ours, which adds the offset to what the kernel says. The machine's own
 * clock is not touched. A program that a process starts later is not concerned until it is named, too.
 */
export class ClockJump {
  private readonly patches: Patch[];
  /** Processes that are concerned, each with where its vDSO is. */
  private readonly jumped = new Map<string, { pid: number; start: number }>();
  private going = true;
  private readonly watching: Promise<void>;

  private constructor(
    private readonly processes: () => number[],
    seconds: number,
  ) {
    // The kernel has one for all.
    this.patches = patchesOf(ownVdso(), seconds);
    this.sweep();
    this.watching = this.watch();
  }

  /** For all that `processes` names, now and until `mend`. */
  static start(processes: () => number[], seconds: number): ClockJump {
    if (process.arch !== "x64")
      throw new Error(`clock: no jump can be caused on ${process.arch}; rehearse on a computer with x64`);
    return new ClockJump(processes, seconds);
  }

  /** All have the true time again. */
  async mend(): Promise<void> {
    this.going = false;
    await this.watching;
    for (const { pid, start } of this.jumped.values())
      ifAlive(() => {
        // A thread may be in the code that they lead to: that stays, and nothing leads there.
        for (const { at, before } of this.patches) if (before) write(pid, start + at, before);
      });
    this.jumped.clear();
  }

  private async watch(): Promise<void> {
    while (this.going) {
      await sleep(400);
      this.sweep();
    }
  }

  private sweep(): void {
    for (const pid of this.processes())
      ifAlive(() => {
        const start = vdsoOf(pid)?.start;
        // The same process may have become another program, which the kernel gives a vDSO elsewhere.
        if (start === undefined || this.jumped.has(`${pid} ${start}`)) return;
        for (const { at, bytes } of this.patches) write(pid, start + at, bytes);
        this.jumped.set(`${pid} ${start}`, { pid, start });
      });
  }
}

/** What is written into a vDSO. */
interface Patch {
  at: number;
  bytes: Buffer;
  /** What stood there, of what is taken back. */
  before?: Buffer;
}

/** Every process of a container, as this computer counts them. */
export function processesOf(containerId: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => ifAlive(() => readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(containerId)) ?? false);
}

/** Processes end at any moment. */
function ifAlive<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (["ENOENT", "ESRCH", "EIO", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function vdsoOf(pid: number): { start: number; length: number } | undefined {
  const [, start, end] = /^([0-9a-f]+)-([0-9a-f]+) .*\[vdso\]$/m.exec(readFileSync(`/proc/${pid}/maps`, "utf8")) ?? [];
  if (!start || !end) return undefined;
  return { start: Number.parseInt(start, 16), length: Number.parseInt(end, 16) - Number.parseInt(start, 16) };
}

/** `mov eax, CALL; syscall; test eax, eax; jnz end`, then, of the clocks with the time of day, `add [rsi], offset`. */
function clockGettime(seconds: number): Buffer {
  return Buffer.concat([
    Buffer.from("b8e40000000f05" + "85c0" + "7518" + "85ff" + "7405" + "83ff05" + "750f" + "48b8", "hex"),
    quad(seconds),
    Buffer.from("480106" + "31c0" + "c3", "hex"),
  ]);
}

/** `gettimeofday(rdi, rsi)`: the same, to where rdi points, if anywhere. */
function getTimeOfDay(seconds: number): Buffer {
  return Buffer.concat([
    Buffer.from("b8600000000f05" + "85c0" + "7514" + "4885ff" + "740f" + "48b8", "hex"),
    quad(seconds),
    Buffer.from("480107" + "31c0" + "c3", "hex"),
  ]);
}

/** `time(rdi)`: asks without a place, adds, and puts the sum to where rdi pointed, if anywhere. */
function time(seconds: number): Buffer {
  return Buffer.concat([
    Buffer.from("4889fa" + "31ff" + "b8c90000000f05" + "48b9", "hex"),
    quad(seconds),
    Buffer.from("4801c8" + "4885d2" + "7403" + "488902" + "c3", "hex"),
  ]);
}

function quad(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
}

function write(pid: number, address: number, bytes: Buffer): void {
  const file = openSync(`/proc/${pid}/mem`, "r+");
  try {
    writeSync(file, bytes, 0, bytes.length, address);
  } finally {
    closeSync(file);
  }
}

function ownVdso(): Buffer {
  const memory = vdsoOf(process.pid);
  if (!memory) throw new Error("clock: this kernel has no vDSO; leave the row out");
  const image = Buffer.alloc(memory.length);
  const file = openSync("/proc/self/mem", "r");
  readSync(file, image, 0, image.length, memory.start);
  closeSync(file);
  return image;
}

/** New code behind the vDSO's own, and after it the entries that lead there: each a jump of five bytes. */
function patchesOf(image: Buffer, seconds: number): Patch[] {
  const { entries, end } = functionsOf(image);
  const programs: Patch[] = [];
  const jumps: Patch[] = [];
  let free = end;
  for (const [name, code] of [
    ["__vdso_clock_gettime", clockGettime(seconds)],
    ["__vdso_gettimeofday", getTimeOfDay(seconds)],
    ["__vdso_time", time(seconds)],
  ] as const) {
    const entry = entries.get(name);
    if (entry === undefined || free + code.length > image.length)
      throw new Error(`clock: this kernel's vDSO has no ${entry === undefined ? name : "room"}; leave the row out`);
    const jump = Buffer.alloc(5, 0xe9);
    jump.writeInt32LE(free - (entry + jump.length), 1);
    programs.push({ at: free, bytes: code });
    jumps.push({ at: entry, bytes: jump, before: Buffer.from(image.subarray(entry, entry + jump.length)) });
    free += code.length + 8;
  }
  return [...programs, ...jumps];
}

/** The functions of a 64-bit ELF image by their names, and where it ends. */
function functionsOf(image: Buffer): { entries: Map<string, number>; end: number } {
  const [table, size, count] = [
    Number(image.readBigUInt64LE(0x28)),
    image.readUInt16LE(0x3a),
    image.readUInt16LE(0x3c),
  ];
  const section = (index: number) => {
    const at = table + index * size;
    const field = (offset: number) => Number(image.readBigUInt64LE(at + offset));
    return {
      type: image.readUInt32LE(at + 4),
      offset: field(0x18),
      size: field(0x20),
      link: image.readUInt32LE(at + 0x28),
    };
  };
  const entries = new Map<string, number>();
  const dynamicSymbols = 11;
  for (let i = 0; i < count; i++) {
    const symbols = section(i);
    if (symbols.type !== dynamicSymbols) continue;
    const names = section(symbols.link).offset;
    for (let at = symbols.offset; at < symbols.offset + symbols.size; at += 24) {
      const name = names + image.readUInt32LE(at);
      entries.set(image.toString("latin1", name, image.indexOf(0, name)), Number(image.readBigUInt64LE(at + 8)));
    }
  }
  return { entries, end: Math.ceil((table + count * size) / 16) * 16 };
}
