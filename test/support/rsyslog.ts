import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { machineBase } from "../../image/machine/base";
import { ensure } from "../../lab/toolchain/artifact";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { logSenderFiles } from "../../site/render/files/logSender";
import { LOG_SENDER_DATA, LOG_SENDER_FOLDER } from "../../site/render/monitoring/logSender";
import { Certificates, type Signer } from "./certificates";
import { onLoopback } from "./chronyd";

/** The rsyslog of the machine image, with the libraries that it was built for, and authorities that certificates are signed by. */
export class Rsyslog {
  private constructor(
    readonly folder: string,
    private readonly certificates: Certificates,
  ) {}

  static async unpack(): Promise<Rsyslog> {
    const folder = mkdtempSync(join(tmpdir(), "groundwork-rsyslog-"));
    const base = join(await ensure(machineBase()), "base.tar");
    const listed = execFileSync("tar", ["-tf", base], { encoding: "utf8", maxBuffer: 2 ** 26 }).split("\n");
    const files = listed.filter((name) => /^\.\/usr\/(sbin\/rsyslogd$|lib\/[^/]+-linux-gnu\/.*\.so)/.test(name));
    execFileSync("tar", ["-xf", base, "-C", folder, "-T", "-"], { input: files.join("\n") });
    return new Rsyslog(folder, Certificates.make(folder));
  }

  get libraries(): string {
    return execFileSync("sh", ["-c", `echo ${this.folder}/usr/lib/*-linux-gnu`], { encoding: "utf8" }).trim();
  }

  authority(name: Signer): string {
    return this.certificates.authority(name);
  }

  /** A certificate for a DNS name, and its key: PATH.crt and PATH.key. */
  certificate(path: string, name: string, by: Signer): void {
    this.certificates.certificate(path, name, by);
  }

  /** Whether it takes a configuration; what it says otherwise. */
  checked(file: string): string {
    try {
      execFileSync(join(this.folder, "usr/sbin/rsyslogd"), ["-N1", ...this.where(), "-f", file], {
        env: this.env(),
        stdio: "pipe",
      });
      return "";
    } catch (error) {
      return String((error as { stderr: Buffer }).stderr);
    }
  }

  start(file: string, log: string): ChildProcess {
    const output = openSync(log, "a");
    const child = spawn(join(this.folder, "usr/sbin/rsyslogd"), ["-n", "-iNONE", ...this.where(), "-f", file], {
      env: this.env(),
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    return child;
  }

  private where(): string[] {
    return ["-M", join(this.libraries, "rsyslog")];
  }

  private env(): NodeJS.ProcessEnv {
    return { ...process.env, LD_LIBRARY_PATH: this.libraries };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A machine's rsyslog with the configuration that it has there, in a folder of its own and on loopback addresses. It tells of itself each second. */
export class LogSender {
  readonly folder: string;
  private child?: ChildProcess;

  /**
   * @param name in its certificate
   * @param changed what a test has otherwise than a site: ports, bounds
   */
  constructor(
    private readonly rsyslog: Rsyslog,
    plan: SitePlan,
    readonly machine: MachinePlan,
    { name = machine.name, by = "site", changed = (text) => text }: LogSenderOptions = {},
  ) {
    this.folder = mkdtempSync(join(rsyslog.folder, "machine-"));
    for (const path of [LOG_SENDER_DATA, "/var/log/containers", "/var/log/kubernetes/audit"])
      mkdirSync(this.at(path), { recursive: true });
    for (const { path, content } of logSenderFiles(plan, machine)) {
      if (!path.startsWith(LOG_SENDER_FOLDER)) continue;
      const text = content.map((part) => (typeof part === "string" ? part : rsyslog.authority("site"))).join("");
      mkdirSync(dirname(this.at(path)), { recursive: true });
      writeFileSync(this.at(path), changed(this.moved(text)));
    }
    rsyslog.certificate(this.at(`${LOG_SENDER_FOLDER}/machine`), name, by);
  }

  at(path: string): string {
    return join(this.folder, path);
  }

  private moved(text: string): string {
    return onLoopback(text)
      .replaceAll(/"(\/(?:etc|var)\/)/g, `"${this.folder}$1`)
      .replace('interval="60"', 'interval="1"')
      .replaceAll('action.resumeIntervalMax="60"', 'action.resumeIntervalMax="2"');
  }

  get configuration(): string {
    return this.at(`${LOG_SENDER_FOLDER}/rsyslog.conf`);
  }

  start(): void {
    this.child = this.rsyslog.start(this.configuration, this.at("said"));
  }

  /** As systemd ends it. */
  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  }

  /** What it said on its standard error. */
  get said(): string {
    return readFileSync(this.at("said"), "utf8");
  }

  get memoryMiB(): number {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.child?.pid}/status`, "utf8"))?.[1]) / 1024;
  }
}

export interface LogSenderOptions {
  name?: string;
  by?: Signer;
  changed?: (text: string) => string;
}
