import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { versitygw } from "../image/programs/upstream";
import type { SiteInput } from "../site/description/spec";
import { labPaths } from "./environment";
import { loadMachineImage } from "./guest/machine-image";
import { readLabState } from "./state";
import { ensure, runner } from "./toolchain/artifact";
import { labLabel, networkName } from "./vcenter/network";

type Target = NonNullable<SiteInput["backup"]>["targets"][number];
type Kind = Target["kind"];

/** Where the files of each kind lie, on a file system of its own that is small enough to be filled. */
const places: Record<Kind, string> = { sftp: "/var/backups", s3: "/srv/s3/backups" };
/** What the S3 server knows of its objects, which has room of its own. */
const attributes = "/var/lib/s3-attributes";
const user = "backup";

/**
 * Another machine in a lab's network, which belongs to no site: it takes files by SFTP and nothing else, and runs an S3 server. It goes
 * with the lab.
 */
export class BackupTarget {
  /** Size of each file system, MiB. */
  static readonly MIB = 64;
  private readonly run = runner();

  private constructor(
    private readonly container: string,
    private readonly folder: string,
    readonly address: string,
  ) {}

  /** Starts a lab's target, or finds the one that runs. */
  static async start(lab: string): Promise<BackupTarget> {
    const subnet = readLabState(lab)?.subnet;
    if (subnet === undefined) throw new Error(`lab "${lab}": there is none; start it with npm run demo`);
    const folder = join(labPaths(lab).folder, "backup-target");
    const target = new BackupTarget(`groundwork-${lab}-backups`, folder, `10.42.${subnet}.200`);
    if (!(await target.runs())) await target.create(lab);
    await target.answers();
    return target;
  }

  private async runs(): Promise<boolean> {
    const state = await this.run("docker", ["inspect", "--format", "{{.State.Running}}", this.container]).catch(
      () => "",
    );
    return state.trim() === "true";
  }

  private async create(lab: string): Promise<void> {
    const { container, folder, run, address } = this;
    const program = await ensure(versitygw);
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755); // sshd reads who may sign in as that user
    for (const key of ["host", "client"])
      if (!existsSync(join(folder, key)))
        await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", join(folder, key)]);
    const tls = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=s3"];
    const files = ["-keyout", join(folder, "s3.key"), "-out", join(folder, "s3.crt")];
    await run("openssl", ["req", "-x509", ...tls, ...files, "-addext", `subjectAltName=IP:${address}`]);
    await run("docker", ["rm", "--force", container]).catch(() => ""); // there may be none
    const tmpfs = (path: string, options: string) => ["--tmpfs", `${path}:size=${BackupTarget.MIB}m,${options}`];
    const sshd = [
      "-o Subsystem=sftp internal-sftp",
      "-o ForceCommand=internal-sftp",
      "-o StrictModes=no",
      "-o UsePAM=no",
    ];
    sshd.push("-o AuthorizedKeysFile=/keys/client.pub", "-h /keys/host", "-f /dev/null");
    const script = `mkdir -p ${places.s3} ${attributes} /run/sshd
versitygw --port :9000 --cert /keys/s3.crt --key /keys/s3.key posix --sidecar ${attributes} /srv/s3 &
exec /usr/sbin/sshd -D -e ${sshd.map((each) => each.replace(/^(-o) (.*)$/, "$1 '$2'")).join(" ")}`;
    await run("docker", [
      ...["run", "--detach", "--name", container, "--label", labLabel(lab)],
      ...["--network", networkName(lab), "--ip", address, "--volume", `${folder}:/keys:ro`],
      ...["--volume", `${join(program, "versitygw")}:/usr/local/bin/versitygw:ro`],
      ...["--env", `ROOT_ACCESS_KEY=${this.s3.accessKey}`, "--env", `ROOT_SECRET_KEY=${this.s3.secretKey}`],
      ...[...tmpfs(places.sftp, "uid=34,gid=34,mode=0700"), ...tmpfs("/srv/s3", "mode=0700")],
      ...["--entrypoint", "/bin/bash", await loadMachineImage(), "-c", script],
    ]);
  }

  private async answers(): Promise<void> {
    const { address, run } = this;
    for (let tries = 0; ; tries++) {
      try {
        const keys = await run("ssh-keyscan", ["-T", "2", "-t", "ed25519", address]);
        await run("bash", ["-c", `exec 3<>/dev/tcp/${address}/9000`]);
        if (keys.includes("ed25519")) return;
      } catch (error) {
        if (tries >= 60) throw error;
      }
      if (tries >= 60) throw new Error(`${this.container}: does not answer; see docker logs`);
      await sleep(250);
    }
  }

  /** As `backup.targets` has them: SFTP, then S3. */
  get described(): [Target, Target] {
    const { address } = this;
    return [
      { kind: "sftp", host: address, user, hostKey: this.file("host.pub") },
      { kind: "s3", endpoint: `https://${address}:9000`, bucket: "backups", ca: `${this.file("s3.crt")}\n` },
    ];
  }

  /** The login for SFTP. */
  get privateKey(): string {
    return this.file("client");
  }

  readonly s3 = { accessKey: "AKLABSITEBACKUPS", secretKey: "of-a-lab-that-nobody-else-reaches" };

  private file(name: string): string {
    return readFileSync(join(this.folder, name), "utf8").trim();
  }

  /** Runs a shell script where the files of a kind lie. */
  shell(kind: Kind, script: string): Promise<string> {
    return this.run("docker", ["exec", this.container, "bash", "-euc", `cd ${places[kind]}; ${script}`]);
  }

  /** Names and SHA-256 digests of the files of a kind. */
  async files(kind: Kind): Promise<Record<string, string>> {
    const text = await this.shell(kind, "find . -maxdepth 1 -type f -printf '%P\\n' | sort | xargs -r sha256sum");
    return Object.fromEntries(text.split("\n").flatMap((line) => (line ? [line.split(/\s+/).reverse()] : [])));
  }

  /** Names of the backups of a kind that count, oldest first. */
  async backups(kind: Kind): Promise<string[]> {
    const files = Object.keys(await this.files(kind));
    return files.flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -".json".length)] : [])).sort();
  }

  /** Leaves no room on the file system of a kind but so many KiB. */
  async fill(kind: Kind, leave: number): Promise<void> {
    await this.shell(
      kind,
      `free=$(df --output=avail --block-size=1K . | tail -n 1); head -c $(( (free - ${leave}) * 1024 )) /dev/zero >.filled`,
    );
  }

  async unfill(kind: Kind): Promise<void> {
    await this.shell(kind, "rm -f .filled");
  }
}
