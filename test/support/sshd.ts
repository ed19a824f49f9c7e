import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = "/usr/sbin/sshd";

/** The kinds of keys a server can have. */
export type KeyType = "ed25519" | "ecdsa";

/** An SSH server on a free port of the loopback interface, with its own host key and one user key that may log in. */
export class SshServer {
  private child: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly hostKeyType: KeyType,
  ) {}

  static async prepare(hostKeyType: KeyType = "ed25519"): Promise<SshServer> {
    installServer();
    const server = new SshServer(mkdtempSync(join(tmpdir(), "groundwork-sshd-")), await freePort(), hostKeyType);
    chmodSync(server.folder, 0o755);
    makeKey(join(server.folder, "host"), hostKeyType);
    makeKey(join(server.folder, "user"), "ed25519");
    writeFileSync(
      join(server.folder, "config"),
      [
        `ListenAddress 127.0.0.1:${server.port}`,
        `HostKey ${join(server.folder, "host")}`,
        `AuthorizedKeysFile ${join(server.folder, "user.pub")}`,
        "AuthenticationMethods publickey",
        "PermitRootLogin prohibit-password",
        "StrictModes no",
        "UsePAM no",
        "PidFile none",
        "MaxStartups 100",
        "AcceptEnv GREETING PULUMI_COMMAND_*",
        "Subsystem sftp internal-sftp",
        "",
      ].join("\n"),
    );
    return server;
  }

  static async start(hostKeyType?: KeyType): Promise<SshServer> {
    const server = await SshServer.prepare(hostKeyType);
    server.listen();
    return server;
  }

  /** Starts to answer; until then the port refuses connections. */
  listen(): void {
    this.child = spawn(program, ["-D", "-f", join(this.folder, "config"), "-E", join(this.folder, "log")]);
  }

  /** The public host key as `known_hosts` and `connection.hostKey` have it. */
  get hostKey(): string {
    return this.read("host.pub");
  }

  get privateKey(): string {
    return this.read("user");
  }

  get log(): string {
    return this.read("log");
  }

  /** Stops the server and removes its files. */
  remove(): void {
    this.child?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }
}

/** A user without rights that may log in; `remove` it in the end. */
export function temporaryUser(): { name: string; remove(): void } {
  const name = `groundwork-${process.pid}`;
  const place = ["--no-create-home", "--home-dir", "/", "--shell", "/bin/sh"];
  execFileSync("useradd", ["--system", "--password", "*", ...place, name]);
  return { name, remove: () => execFileSync("userdel", [name], { stdio: "ignore" }) };
}

/** A new public key that no server has. */
export function strangersKey(type: KeyType): string {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-key-"));
  makeKey(join(folder, "key"), type);
  const key = readFileSync(join(folder, "key.pub"), "utf8");
  rmSync(folder, { recursive: true });
  return key;
}

/** The fingerprint of a public key as people compare it. */
export function fingerprint(publicKey: string): string {
  const [, found] = execFileSync("ssh-keygen", ["-lf", "-"], { input: publicKey, encoding: "utf8" }).split(" ");
  return found ?? "";
}

function makeKey(path: string, type: KeyType): void {
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", "test", "-f", path]);
}

/** A port of the loopback interface that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Installs OpenSSH's server where it is missing, without letting the package start one of its own. */
function installServer(): void {
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  if (existsSync(program)) return;
  const policy = "/usr/sbin/policy-rc.d";
  const own = !existsSync(policy);
  if (own) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]) => execFileSync("apt-get", ["-qq", ...args], { env, stdio: "pipe" });
  try {
    apt("update");
    apt("install", "-y", "--no-install-recommends", "openssh-server");
  } finally {
    if (own) rmSync(policy);
  }
}
