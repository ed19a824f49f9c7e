import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { machineBase } from "../../image/machine/base";
import { ClockJump } from "../../lab/rehearsal/clock";
import { ensure } from "../../lab/toolchain/artifact";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { clockFiles } from "../../site/render/chrony";
import { shell } from "../../site/render/shell";

/** The chrony of the machine image and its age, with the libraries that they were built for and the distribution's configuration. */
export class Chrony {
  private constructor(readonly folder: string) {}

  static async unpack(): Promise<Chrony> {
    const folder = mkdtempSync(join(tmpdir(), "groundwork-chrony-"));
    const base = join(await ensure(machineBase()), "base.tar");
    const listed = execFileSync("tar", ["-tf", base], { encoding: "utf8", maxBuffer: 2 ** 26 }).split("\n");
    const files = listed.filter((name) =>
      /^\.\/usr\/(sbin\/chronyd|bin\/(chronyc|age)|lib\/[^/]+-linux-gnu\/[^/]+\.so[^/]*)$|^\.\/etc\/chrony\/chrony\.conf$/.test(
        name,
      ),
    );
    execFileSync("tar", ["-xf", base, "-C", folder, "-T", "-"], { input: files.join("\n") });
    return new Chrony(folder);
  }

  get env(): NodeJS.ProcessEnv {
    const libraries = execFileSync("sh", ["-c", `echo ${this.folder}/usr/lib/*-linux-gnu`], { encoding: "utf8" });
    return { ...process.env, LD_LIBRARY_PATH: libraries.trim() };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Addresses of a plan's machines, as they are on the loopback interface. */
export const onLoopback = (text: string) => text.replaceAll("10.0.42.", "127.0.42.");

/** A machine's chronyd as it is configured there, on the machine's address. It sets no clock (`-x`), and says what it would do. */
export class MachineClock {
  private child?: ChildProcess;
  private jump?: ClockJump;
  private constructor(private readonly folder: string) {}

  /** @param behind seconds by which its clock is behind */
  static async start(chrony: Chrony, plan: SitePlan, machine: MachinePlan, behind = 0): Promise<MachineClock> {
    const clock = new MachineClock(mkdtempSync(join(chrony.folder, "machine-")));
    const { folder } = clock;
    for (const name of ["bin", "conf.d", "sources.d"]) mkdirSync(join(folder, name));
    for (const { path, content } of clockFiles(plan, machine))
      if (/^\/etc\/(chrony|groundwork)\//.test(path))
        writeFileSync(join(folder, path.replace(/^\/etc\/\w+/, "")), onLoopback(content.join("")));
    const address = onLoopback(machine.address);
    writeFileSync(
      join(folder, "chrony.conf"),
      [
        // Nothing is asked but what the test has put there.
        readFileSync(join(chrony.folder, "etc/chrony/chrony.conf"), "utf8")
          .replace(/^(pool|keyfile|leapsectz) .*$/gm, "")
          .replace(/\/(etc|var\/lib|run)\/chrony(?=\/|\s)/g, folder)
          .replace(/^(logdir|sourcedir) .*-dhcp$/gm, ""),
        `bindaddress ${address}`,
        `bindacqaddress ${address}`,
        `bindcmdaddress ${folder}/socket`,
        `pidfile ${folder}/pid`,
        "cmdport 0",
        "",
      ].join("\n"),
    );
    const chronyc = `#!/bin/sh\nLD_LIBRARY_PATH=${chrony.env.LD_LIBRARY_PATH} exec ${chrony.folder}/usr/bin/chronyc -h ${folder}/socket "$@"\n`;
    writeFileSync(join(folder, "bin/chronyc"), chronyc, { mode: 0o755 });
    const log = openSync(join(folder, "log"), "w");
    const flags = ["-x", "-d", "-U", "-u", "root", "-f", join(folder, "chrony.conf")];
    clock.child = spawn(join(chrony.folder, "usr/sbin/chronyd"), flags, {
      env: chrony.env,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    await once(clock.child, "spawn");
    if (behind !== 0) clock.jump = ClockJump.start(() => [clock.child?.pid as number], -behind);
    return clock;
  }

  get log(): string {
    return readFileSync(join(this.folder, "log"), "utf8");
  }

  /** Runs the program that the machine's timer starts, as it is installed, but for where its files are; what it said. */
  async looksAfter(): Promise<string> {
    const { stdout, stderr } = await promisify(execFile)("bash", ["-c", this.program]);
    return stdout + stderr;
  }

  /** Begins the same, and kills all of it after so many milliseconds. */
  async isCutOff(milliseconds: number): Promise<void> {
    const child = spawn("bash", ["-c", this.program], { detached: true, stdio: "ignore" });
    const ended = once(child, "exit");
    await sleep(milliseconds);
    try {
      process.kill(-(child.pid as number), "SIGKILL");
    } catch {
      // It was faster.
    }
    await ended;
  }

  private get program(): string {
    return shell("clock")
      .replace("LEADERS=/etc/groundwork", `LEADERS=${this.folder}`)
      .replace("PATH=", `PATH=${this.folder}/bin:`)
      .replace("/usr/lib/clock-epoch", this.floor);
  }

  /** The file that systemd reads the earliest hour from. */
  get floor(): string {
    return join(this.folder, "clock-epoch");
  }

  /** The time of day for what `looksAfter` runs, in seconds; left out: the true one. */
  set now(seconds: number) {
    const program = `#!/bin/sh\nif [ "$*" = +%s ]; then echo ${seconds}; else exec /usr/bin/date "$@"; fi\n`;
    writeFileSync(join(this.folder, "bin/date"), program, { mode: 0o755 });
  }

  /** What chronyc answers to a command. */
  async told(...command: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(join(this.folder, "bin/chronyc"), ["-n", ...command]).catch(
      (error: { stdout: string }) => error,
    );
    return stdout;
  }

  /** The address of the machine that it follows, its own clock (`127.127.1.1`), or nobody's. */
  async follows(): Promise<string> {
    const [id = "", address] = (await this.told("-c", "tracking")).split(",");
    return id === "7F7F0101" ? "127.127.1.1" : (address ?? "");
  }

  async stop(): Promise<void> {
    await this.jump?.mend();
    if (this.child?.exitCode !== null) return;
    this.child.kill();
    await once(this.child, "exit");
  }
}

/** A time server of another clock. */
export class TimeServer {
  private readonly socket: Socket = createSocket("udp4");

  /** @param ahead seconds by which its clock is ahead */
  static async start(address: string, ahead: number): Promise<TimeServer> {
    const server = new TimeServer();
    const stamp = () => {
      const at = Date.now() / 1000 + ahead + 2_208_988_800;
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32BE(Math.floor(at) % 2 ** 32);
      bytes.writeUInt32BE(Math.floor((at % 1) * 2 ** 32), 4);
      return bytes;
    };
    server.socket.on("message", (asked, { port, address: from }) => {
      // Version 4, mode 4 (server), stratum 2; delay, dispersion and reference are of no matter here.
      const header = Buffer.from([0x24, 2, 6, 0xec, 0, 0, 0, 1, 0, 0, 0, 1, 192, 0, 2, 1]);
      const answer = [header, stamp(), asked.subarray(40, 48), stamp(), stamp()];
      server.socket.send(Buffer.concat(answer), port, from);
    });
    server.socket.bind(123, address);
    await once(server.socket, "listening");
    return server;
  }

  stop(): void {
    this.socket.close();
  }
}
