import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type Artifact, ensure } from "../../lab/toolchain/artifact";
import { freePort } from "./sshd";

/** The only member of a store, on the loopback interface, of a real etcd; clients need a certificate, as at a site. */
export class EtcdMember {
  private child: ChildProcess | undefined;
  private ended: Promise<unknown> | undefined;

  private constructor(
    /** Its data, its log, and in `pki` its certificates. */
    readonly folder: string,
    private binaries: string,
    readonly port: number,
    readonly peerPort: number,
  ) {}

  /** Prepares a member that is not started yet. */
  static async prepare(etcd: Artifact): Promise<EtcdMember> {
    const folder = mkdtempSync(join(tmpdir(), "groundwork-etcd-"));
    writePki(join(folder, "pki"));
    return new EtcdMember(folder, await ensure(etcd), await freePort(), await freePort());
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** What it logged since it was last started. */
  get log(): string {
    return readFileSync(join(this.folder, "log"), "utf8");
  }

  /** Runs a program, with etcd's own on PATH; what it said and how it ended. */
  async run(command: string, ...args: string[]): Promise<{ code: number; output: string }> {
    const env = { ...process.env, PATH: `${this.binaries}:${process.env.PATH}` };
    return promisify(execFile)(command, args, { env, maxBuffer: 2 ** 26 }).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      (e: { code: number; stdout: string; stderr: string }) => ({ code: e.code, output: e.stdout + e.stderr }),
    );
  }

  async etcdctl(...args: string[]): Promise<string> {
    const pki = join(this.folder, "pki");
    const tls = [
      `--cacert=${pki}/ca.crt`,
      `--cert=${pki}/healthcheck-client.crt`,
      `--key=${pki}/healthcheck-client.key`,
    ];
    return (await this.run("etcdctl", `--endpoints=${this.url}`, ...tls, ...args)).output;
  }

  /** Starts it with a configuration file, or with plain flags, and waits until it is healthy. */
  async start(configuration?: string): Promise<void> {
    const child = spawn(
      join(this.binaries, "etcd"),
      configuration ? [`--config-file=${configuration}`] : this.flags(),
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    this.child = child;
    this.ended = once(child, "exit");
    const log = createWriteStream(join(this.folder, "log"));
    for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
    while (!(await this.etcdctl("endpoint", "health")).includes("is healthy")) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`etcd ended\n${this.log.slice(-2000)}`);
      await sleep(200);
    }
  }

  /** Starts it again with the same data, of another version. */
  async become(etcd: Artifact): Promise<void> {
    await this.stop();
    this.binaries = await ensure(etcd);
    await this.start();
  }

  async stop(): Promise<void> {
    this.child?.kill("SIGTERM");
    await this.ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private flags(): string[] {
    const [pki, peer] = [join(this.folder, "pki"), `http://127.0.0.1:${this.peerPort}`];
    const flags = {
      "data-dir": join(this.folder, "data"),
      "listen-client-urls": this.url,
      "advertise-client-urls": this.url,
      "listen-peer-urls": peer,
      "initial-advertise-peer-urls": peer,
      "initial-cluster": `default=${peer}`,
      "cert-file": `${pki}/server.crt`,
      "key-file": `${pki}/server.key`,
      "trusted-ca-file": `${pki}/ca.crt`,
      "client-cert-auth": "true",
    };
    return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  }
}

/** An authority, and certificates for both ends under the names that a member's have. */
function writePki(folder: string): void {
  mkdirSync(folder);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
  const ca = join(folder, "ca");
  openssl("req", "-x509", ...key, "-subj", "/CN=ca", "-keyout", `${ca}.key`, "-out", `${ca}.crt`);
  const names = ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "extendedKeyUsage=serverAuth,clientAuth"];
  const signed = ["-CA", `${ca}.crt`, "-CAkey", `${ca}.key`];
  for (const name of ["server", "peer", "healthcheck-client"]) {
    const files = ["-keyout", join(folder, `${name}.key`), "-out", join(folder, `${name}.crt`)];
    openssl("req", "-x509", ...key, ...names, ...signed, "-subj", `/CN=${name}`, ...files);
  }
}
