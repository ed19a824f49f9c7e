import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../build/artifact";
import { BUILD_EPOCH } from "./epoch";

/** A release of Debian that machines can have. */
export interface OperatingSystem {
  /** As it is asked for: `debian-12`. */
  name: string;
  codename: string;
  /** VMware's word for it. */
  vmware: string;
}

/** Every one that an image can be built of; the first is the default, and the lab's. */
export const operatingSystems: readonly [OperatingSystem, ...OperatingSystem[]] = [
  { name: "debian-12", codename: "bookworm", vmware: "debian12_64Guest" },
  { name: "debian-13", codename: "trixie", vmware: "debian12_64Guest" },
];

const packages = [
  ...["systemd", "systemd-sysv", "systemd-resolved", "dbus", "udev", "kmod", "procps", "libnss-myhostname", "apparmor"],
  ...["openssh-server", "sudo", "cloud-init", "netplan.io", "cloud-guest-utils", "chrony", "curl", "ca-certificates"],
  ...["open-vm-tools", "qemu-guest-agent", "openssl"],
  ...["iproute2", "iputils-ping", "iptables", "nftables", "ipset", "conntrack", "ethtool", "socat"],
  ...["runc", "haproxy", "keepalived", "xfsprogs", "e2fsprogs", "fdisk", "age", "rclone"],
  // Sends logs where they are kept; Debian's own service is not started.
  ...["rsyslog", "rsyslog-gnutls"],
];

/**
 * What a disk boots by. Debian's kernel for virtual machines has the paravirtual devices of VMware (vmxnet3, pvscsi), KVM and Hyper-V, and
 * takes a quarter of the room of the one for every computer.
 */
const booting = [
  ...["linux-image-cloud-amd64", "initramfs-tools", "zstd"],
  ...["grub-pc-bin", "grub-efi-amd64-bin", "grub-efi-amd64-signed", "shim-signed"],
];

const unwanted = ["doc", "man", "info", "locale", "i18n", "lintian", "bash-completion"];

/**
 * What belongs to one machine, or to the one that built this, must not be in an image; and what runs at boot is decided
 * in one place, the machine's root.
 */
const emptied = [
  ...["etc/ssh/ssh_host_*", "etc/hostname", "etc/resolv.conf", "etc/systemd/system/*.wants"],
  ...["etc/systemd/system/*.requires", "etc/apt/sources.list.d/*", "etc/apt/sources.list"],
  ...["var/cache/apt/*", "var/cache/debconf/*-old", "var/cache/ldconfig/aux-cache", "var/lib/apt/lists/*", "var/log/*"],
  ...["var/lib/systemd/random-seed", "var/lib/systemd/credential.secret", "var/lib/dbus/machine-id"],
];

/** Debian's packages of a machine, from the mirrors that this machine uses itself; in `base.tar`. */
export function machineBase(system: OperatingSystem = operatingSystems[0]): Artifact {
  const { codename } = system;
  const installed = [...packages, ...booting];
  return {
    name: "machine-base",
    version: codename,
    title: `the Debian ${codename} base of the machines`,
    expected: "about 2 min",
    inputs: [...installed, ...unwanted, ...emptied, String(BUILD_EPOCH)],
    build: async (dir, run) => {
      const env = { ...process.env, SOURCE_DATE_EPOCH: String(BUILD_EPOCH), LC_ALL: "C.UTF-8" };
      const excluded = unwanted.map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`);
      const empty = `--customize-hook=cd "$1" && rm -rf ${emptied.join(" ")} && : > etc/machine-id`;
      const include = `--include=${installed.join(",")}`;
      const target = [codename, join(dir, "base.tar"), ...debianSources(codename)];
      const flags = ["--mode=root", "--variant=minbase", "--format=tar"];
      await run("mmdebstrap", [...flags, ...excluded, include, empty, ...target], { env });
    },
  };
}

/** The files of this machine's apt that name the release of Debian itself, and nobody else's packages; where none does, Debian's own mirrors. */
function debianSources(codename: string): string[] {
  const folder = "/etc/apt/sources.list.d";
  const files = ["/etc/apt/sources.list", ...list(folder).map((name) => join(folder, name))];
  const debian = files.filter((file) => {
    const text = read(file).replace(/^\s*#.*$/gm, "");
    return /\.(list|sources)$/.test(file) && new RegExp(`\\b${codename}\\b`).test(text) && /\bmain\b/.test(text);
  });
  if (debian.length > 0) return debian;
  const mirror = "http://deb.debian.org";
  return [
    ...[codename, `${codename}-updates`].map((suite) => `deb ${mirror}/debian ${suite} main`),
    `deb ${mirror}/debian-security ${codename}-security main`,
  ];
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
