import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { type Ended, program } from "../../../cli/process/program";
import type { Segment } from "./segment";

/** What a virtual machine is given. */
export interface MachineOptions {
  name: string;
  /** The last number of its address in the segment. */
  number: number;
  /** A raw disk that it is a copy of. */
  image: string;
  cpus: number;
  memoryMiB: number;
  /** A further, blank disk. */
  data?: { serial: string; gib: number };
  firmware?: "bios" | "uefi";
}

/** A virtual machine with its own kernel, emulated: an owner's server, of which nothing is known but a login. */
export class VirtualMachine {
  private emulator: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    readonly options: MachineOptions,
    private readonly segment: Segment,
    private readonly card: string,
    /** Its public SSH host key. */
    readonly hostKey: string,
  ) {}

  /** Makes its disks, and what cloud-init reads: address, name, host key, and a user with the key `owner` of the folder. */
  static async make(folder: string, segment: Segment, options: MachineOptions): Promise<VirtualMachine> {
    const own = join(folder, options.name);
    mkdirSync(own);
    await keyPair(join(own, "host"));
    const hostKey = read(join(own, "host.pub"));
    const machine = new VirtualMachine(own, options, segment, segment.tap(options.number), hostKey);
    const disk = ["create", "-q", "-f", "qcow2", "-b", options.image, "-F", "raw", join(own, "system.qcow2"), "20G"];
    await succeed("qemu-img", disk);
    if (options.data)
      await succeed("qemu-img", ["create", "-q", "-f", "raw", join(own, "data.raw"), `${options.data.gib}G`]);
    await machine.writeSeed(read(join(folder, "owner.pub")));
    return machine;
  }

  get address(): string {
    return `${this.segment.prefix}.${this.options.number}`;
  }

  /** All that its serial console said since it was made. */
  get console(): string {
    const file = join(this.folder, "console");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  /** Gives it power. */
  start(): void {
    const { cpus, memoryMiB, data, firmware, number } = this.options;
    const drive = (id: string, file: string, format: string, serial: string) => [
      ...["-drive", `if=none,id=${id},file=${join(this.folder, file)},format=${format},cache=unsafe`],
      ...["-device", `virtio-blk-pci,drive=${id},serial=${serial}`],
    ];
    const mac = `52:54:00:12:34:${number.toString(16).padStart(2, "0")}`;
    const log = openSync(join(this.folder, "qemu"), "a");
    this.emulator = spawn(
      "qemu-system-x86_64",
      [
        ...["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", String(cpus), "-m", String(memoryMiB)],
        ...(firmware === "uefi" ? this.secureBoot() : ["-machine", "q35"]),
        ...["-display", "none", "-chardev", `file,id=console,append=on,path=${join(this.folder, "console")}`],
        ...["-serial", "chardev:console", "-device", "virtio-rng-pci"],
        ...drive("system", "system.qcow2", "qcow2", "system"),
        ...drive("seed", "seed.raw", "raw", "seed"),
        ...(data ? drive("data", "data.raw", "raw", data.serial) : []),
        ...["-netdev", `tap,id=net,ifname=${this.card},script=no,downscript=no`],
        ...["-device", `virtio-net-pci,netdev=net,mac=${mac},romfile=`],
      ],
      { stdio: ["ignore", log, log] },
    );
    closeSync(log);
    const { emulator } = this;
    process.once("exit", () => emulator?.kill("SIGKILL"));
  }

  /** UEFI with Microsoft's keys, as computers are sold; what is not signed by them is not started. */
  private secureBoot(): string[] {
    const [code, keys] = ["/usr/share/OVMF/OVMF_CODE_4M.ms.fd", join(this.folder, "keys.fd")];
    copyFileSync("/usr/share/OVMF/OVMF_VARS_4M.ms.fd", keys);
    return [
      ...["-machine", "q35,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on"],
      ...["-drive", `if=pflash,format=raw,unit=0,readonly=on,file=${code}`],
      ...["-drive", `if=pflash,format=raw,unit=1,file=${keys}`],
    ];
  }

  /** Takes its power away, in the middle of whatever it does. */
  async cut(): Promise<void> {
    const emulator = this.emulator;
    this.emulator = undefined;
    if (emulator === undefined || emulator.exitCode !== null || emulator.signalCode !== null) return;
    const ended = once(emulator, "exit");
    emulator.kill("SIGKILL");
    await ended;
  }

  /** Runs a command on it, as root, by its owner's login. */
  async ask(command: string): Promise<Ended> {
    const known = join(this.folder, "known_hosts");
    writeFileSync(known, `${this.address} ${this.hostKey}\n`);
    const options = ["BatchMode=yes", "StrictHostKeyChecking=yes", `UserKnownHostsFile=${known}`, "ConnectTimeout=10"];
    const flags = options.flatMap((option) => ["-o", option]);
    const key = join(this.folder, "../owner");
    return program("ssh", [
      ...flags,
      "-i",
      key,
      `owner@${this.address}`,
      `sudo -n sh -c '${command.replaceAll("'", "'\\''")}'`,
    ]);
  }

  /** What a command says that has to succeed. */
  async run(command: string): Promise<string> {
    const { code, stdout, stderr } = await this.ask(command);
    if (code !== 0) throw new Error(`${this.options.name}: ${command}: exit code ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Waits until it answers by SSH, and tells how many seconds that took. */
  async answers(): Promise<number> {
    const begun = Date.now();
    for (;;) {
      if (this.emulator === undefined || this.emulator.exitCode !== null)
        throw new Error(`${this.options.name}: has no power\n${this.said()}`);
      const { code } = await this.ask("true");
      if (code === 0) return (Date.now() - begun) / 1000;
      if (Date.now() - begun > 3_000_000) throw new Error(`${this.options.name}: no SSH after 50 min\n${this.said()}`);
      await sleep(2000);
    }
  }

  private said(): string {
    return `${this.console.split("\n").slice(-30).join("\n")}\n${read(join(this.folder, "qemu"))}`;
  }

  /** A disk as cloud-init's NoCloud data source looks for. */
  private async writeSeed(ownersKey: string): Promise<void> {
    const { name, number } = this.options;
    const userdata = {
      hostname: name,
      manage_etc_hosts: "localhost",
      ssh_deletekeys: true,
      ssh_genkeytypes: [],
      ssh_keys: { ed25519_private: `${read(join(this.folder, "host"))}\n`, ed25519_public: this.hostKey },
      users: [
        {
          name: "owner",
          shell: "/bin/bash",
          lock_passwd: true,
          sudo: "ALL=(ALL) NOPASSWD:ALL",
          ssh_authorized_keys: [ownersKey],
        },
      ],
    };
    const network = {
      version: 2,
      ethernets: {
        primary: {
          match: { macaddress: `52:54:00:12:34:${number.toString(16).padStart(2, "0")}` },
          "set-name": "eth0",
          addresses: [`${this.address}/24`],
          routes: [{ to: "0.0.0.0/0", via: `${this.segment.prefix}.1` }],
          nameservers: { addresses: [`${this.segment.prefix}.1`] },
        },
      },
    };
    const files: Record<string, string> = {
      "meta-data": stringify({ "instance-id": name, "local-hostname": name }),
      "user-data": `#cloud-config\n${stringify(userdata)}`,
      "network-config": stringify(network),
    };
    const seed = join(this.folder, "seed.raw");
    await succeed("mkfs.vfat", ["-C", "-n", "CIDATA", seed, "1024"]);
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(join(this.folder, file), text, { mode: 0o600 });
      await succeed("mcopy", ["-i", seed, join(this.folder, file), `::${file}`]);
    }
  }
}

/** Makes a key pair at a path, and its public half beside it. */
export async function keyPair(file: string): Promise<void> {
  await succeed("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
}

function read(file: string): string {
  return readFileSync(file, "utf8").trim();
}

async function succeed(command: string, args: string[]): Promise<void> {
  const { code, stderr } = await program(command, args);
  if (code !== 0) throw new Error(`${command}: exit code ${code}\n${stderr}`);
}
