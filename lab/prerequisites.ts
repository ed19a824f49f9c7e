import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { freemem, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freeGiB, type Lack, onPath } from "../image/build/needs";
import type { Progress } from "./toolchain/artifact";

/** A program the lab calls, and the Debian package it comes from. */
const programs: Record<string, string> = {
  dockerd: "docker.io",
  docker: "docker.io",
  mmdebstrap: "mmdebstrap",
  "mkfs.xfs": "xfsprogs",
  xfs_io: "xfsprogs",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  openssl: "openssl",
  ip: "iproute2",
  iptables: "iptables",
  mount: "mount",
  losetup: "mount",
  git: "git",
  zstd: "zstd",
};

/** GiB that the builds, the machine image and one lab take together, measured and rounded up. */
export const diskNeededGiB = 20;
/** GiB of memory: 4 for a site, 2 for the tools beside it. */
export const memoryNeededGiB = 6;

/** What the tests call beside that. */
export const testPrograms: Record<string, string> = {
  chromium: "chromium",
  shellcheck: "shellcheck",
  sshd: "openssh-server",
  pip3: "python3-pip",
  "qemu-img": "qemu-utils",
  skopeo: "skopeo",
  "docker-registry": "docker-registry",
  faketime: "faketime",
};

/** What tests of a site's life call beside that. */
export const lifePrograms: Record<string, string> = { pg_ctlcluster: "postgresql" };

/** What building the machine image and booting it call beside that. */
export const imagePrograms: Record<string, string> = {
  sfdisk: "fdisk",
  "mkfs.vfat": "dosfstools",
  mcopy: "mtools",
  "qemu-system-x86_64": "qemu-system-x86",
  // No program, but found from the folder of one.
  "../share/OVMF/OVMF_CODE_4M.ms.fd": "ovmf",
};

/** Debian packages that have to be installed before a lab can run. */
export function missingPackages(more: Record<string, string> = {}): string[] {
  const missing = Object.entries({ ...programs, ...more }).filter(([program]) => !onPath(program));
  return [...new Set(missing.map(([, name]) => name))].sort();
}

/** Everything that stands in the way and that the lab will not change by itself, all at once. */
export function lacks(folders: string[]): Lack[] {
  const found: Lack[] = [];
  const add = (path: string, fact: string, fix: string) => found.push({ path, fact, fix });
  if (process.platform !== "linux" || process.arch !== "x64") {
    add(
      "machine",
      `${process.platform}/${process.arch} cannot run the lab`,
      "use a Linux machine with an x86-64 processor",
    );
    return found;
  }
  if (process.getuid?.() !== 0)
    add("user", "not root; the lab mounts disk images and starts machines", "run it as root, for example with sudo");
  if (missingPackages().length > 0 && !onPath("apt-get"))
    add(
      "packages",
      `${missingPackages().join(", ")} missing and there is no apt-get`,
      "install them, or use Debian 12",
    );
  if (totalmem() / 2 ** 30 < memoryNeededGiB - 0.5)
    add("memory", `${(totalmem() / 2 ** 30).toFixed(1)} GiB`, `a lab needs ${memoryNeededGiB} GiB`);
  else if (availableMemoryGiB() < memoryNeededGiB - 1)
    add("memory", `${availableMemoryGiB().toFixed(1)} GiB free`, `stop something: a lab needs ${memoryNeededGiB} GiB`);
  for (const folder of folders) {
    const free = freeGiB(folder);
    if (free < diskNeededGiB) {
      add(
        folder,
        `${free.toFixed(1)} GiB free`,
        `the lab needs ${diskNeededGiB} GiB; free some or set GROUNDWORK_CACHE`,
      );
      break;
    }
  }
  for (const filesystem of ["overlay", "xfs"])
    if (!kernelHas(filesystem))
      add("kernel", `no ${filesystem} file system`, `load the module (modprobe ${filesystem}) or use another kernel`);
  return found;
}

function availableMemoryGiB(): number {
  const line = /MemAvailable:\s+(\d+) kB/.exec(readFileSync("/proc/meminfo", "utf8"));
  return line ? Number(line[1]) / 2 ** 20 : freemem() / 2 ** 30;
}

function kernelHas(filesystem: string): boolean {
  if (readFileSync("/proc/filesystems", "utf8").includes(`\t${filesystem}\n`)) return true;
  try {
    execFileSync("modprobe", [filesystem], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Installs Debian packages, saying so. */
export function installPackages(packages: string[], progress: Progress): void {
  progress(`installing with apt-get: ${packages.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]) => execFileSync("apt-get", args, { env, stdio: ["ignore", "ignore", "pipe"] });
  apt("update", "-q");
  apt("install", "-y", "-q", "--no-install-recommends", ...packages);
}

function dockerAnswers(): boolean {
  try {
    execFileSync("docker", ["info"], { stdio: "ignore", timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

/** Makes sure that a Docker engine answers: asks the init system, and where there is none starts `dockerd` itself. */
export async function startDocker(folder: string, progress: Progress): Promise<void> {
  if (dockerAnswers()) return;
  const log = join(folder, "dockerd.log");
  if (existsSync("/run/systemd/system")) {
    progress("starting docker.service");
    execFileSync("systemctl", ["start", "docker"], { stdio: "ignore" });
  } else {
    progress("starting dockerd, as no init system runs here");
    mkdirSync(folder, { recursive: true });
    const out = openSync(log, "a");
    spawn("dockerd", ["--log-level=warn"], { detached: true, stdio: ["ignore", out, out] }).unref();
  }
  for (let i = 0; i < 150; i++) {
    if (dockerAnswers()) return;
    await sleep(200);
  }
  throw new Error(`docker: the engine did not answer within 30 s; read ${log} or try dockerd by hand`);
}
