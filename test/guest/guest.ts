import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A machine of the image by itself: a container with a disk's folders and a guestinfo channel, and no vCenter. */
export class Guest {
  readonly guestinfo: Record<string, string>;
  private constructor(
    private readonly folder: string,
    private readonly container: string,
    private readonly channel: Server,
    guestinfo: Record<string, string>,
  ) {
    this.guestinfo = guestinfo;
  }

  /** Starts a machine; its guestinfo is what the machine later reads and writes. */
  static async start(image: string, guestinfo: Record<string, string>): Promise<Guest> {
    const folder = mkdtempSync(join(tmpdir(), "groundwork-guest-"));
    const channel = await serve(guestinfo, join(folder, "rpc"));
    const disks = ["containerd", "kubelet", "etcd"].flatMap((name) => {
      mkdirSync(join(folder, name));
      return ["-v", `${join(folder, name)}:/var/lib/${name}`];
    });
    const security = ["seccomp", "apparmor", "systempaths"].flatMap((kind) => ["--security-opt", `${kind}=unconfined`]);
    const container = docker(
      ...["run", "--detach", "--hostname", "guest", "--cap-add=ALL", "--cap-drop=SYS_RESOURCE", ...security],
      ...["--cgroupns=private", "--tmpfs", "/run", "--tmpfs", "/tmp", "--device", "/dev/kmsg", ...disks],
      ...["-v", `${join(folder, "rpc")}:/run/vmware`, image],
    ).trim();
    return new Guest(folder, container, channel, guestinfo);
  }

  get address(): string {
    return docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", this.container).trim();
  }

  /** Runs a command as root. */
  run(...command: string[]): string {
    return docker("exec", this.container, ...command);
  }

  /** Writes a file, with its folder. */
  write(path: string, text: string, mode = 0o644): void {
    this.run("mkdir", "-p", path.slice(0, path.lastIndexOf("/")));
    this.run("sh", "-c", `cat >${path} <<'END'\n${text.trimEnd()}\nEND\nchmod ${mode.toString(8)} ${path}`);
  }

  /** Waits until systemd has finished starting, and tells how that went. */
  async booted(): Promise<string> {
    for (let i = 0; i < 300; i++) {
      try {
        return this.run("systemctl", "is-system-running").trim();
      } catch (error) {
        const state = String((error as { stdout?: string }).stdout ?? "").trim();
        if (!["", "starting", "initializing", "offline"].includes(state)) return state;
      }
      await sleep(100);
    }
    return "starting after 30 s";
  }

  async restart(): Promise<string> {
    docker("restart", this.container);
    return this.booted();
  }

  async remove(): Promise<void> {
    docker("rm", "--force", "--volumes", this.container);
    await new Promise((resolve) => this.channel.close(resolve));
    rmSync(this.folder, { recursive: true });
  }
}

function docker(...args: string[]): string {
  return execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** The channel of VMware's tools, as the simulator serves it: one command and one answer a connection. */
async function serve(guestinfo: Record<string, string>, folder: string): Promise<Server> {
  mkdirSync(folder, { mode: 0o700 });
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    let request = "";
    connection.on("data", (chunk) => {
      request += chunk;
    });
    connection.on("end", () => {
      const [, command, key = "", value = ""] = /^(\S+) guestinfo\.(\S+) ?([\s\S]*)$/.exec(request) ?? [];
      if (command === "info-set") guestinfo[key] = value;
      const found = command === "info-set" ? "" : guestinfo[key];
      connection.end(found === undefined ? "0 No value found" : `1 ${found}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(join(folder, "rpc.sock"), resolve));
  return server;
}
