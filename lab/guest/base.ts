import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "../toolchain/artifact";

const release = "bookworm";

const packages = [
  ...["systemd", "systemd-sysv", "dbus", "udev", "kmod", "procps", "libnss-myhostname"],
  ...["openssh-server", "sudo", "cloud-init", "chrony", "curl", "ca-certificates", "openssl"],
  ...["iproute2", "iputils-ping", "iptables", "nftables", "conntrack", "ethtool", "socat"],
  ...["runc", "haproxy", "keepalived", "xfsprogs", "e2fsprogs", "age", "rclone"],
];

const unwanted = ["doc", "man", "info", "locale", "i18n", "lintian", "bash-completion"];

/**
 * What belongs to one machine, or to the one that built this, must not be in an image; and what runs at boot is decided
 * in one place, the machine image.
 */
const emptied = [
  ...[
    "etc/ssh/ssh_host_*",
    "etc/hostname",
    "etc/resolv.conf",
    "etc/systemd/system/*.wants",
    "etc/apt/sources.list.d/*",
  ],
  ...["var/cache/apt/*", "var/cache/debconf/*-old", "var/lib/apt/lists/*", "var/log/*"],
];

/** Debian's packages of a machine of the lab, from the mirrors that this machine uses itself; in `base.tar`. */
export const machineBase: Artifact = {
  name: "machine-base",
  version: release,
  title: `the Debian ${release} base of the lab's machines`,
  expected: "about 90 s",
  inputs: [...packages, ...unwanted, ...emptied],
  build: async (dir, run) => {
    await run("mmdebstrap", [
      "--mode=root",
      "--variant=minbase",
      "--format=tar",
      ...unwanted.map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
      `--include=${packages.join(",")}`,
      `--customize-hook=cd "$1" && rm -rf ${emptied.join(" ")} && : > etc/machine-id`,
      release,
      join(dir, "base.tar"),
      ...debianSources(),
    ]);
  },
};

/** The files of this machine's apt that name Debian itself, and nobody else's packages. */
function debianSources(): string[] {
  const folder = "/etc/apt/sources.list.d";
  const files = ["/etc/apt/sources.list", ...list(folder).map((name) => join(folder, name))];
  const debian = files.filter((file) => {
    const text = read(file).replace(/^\s*#.*$/gm, "");
    return /\.(list|sources)$/.test(file) && new RegExp(`\\b${release}\\b`).test(text) && /\bmain\b/.test(text);
  });
  if (debian.length === 0)
    throw new Error(
      `/etc/apt: no source for Debian ${release} found; add one, for example in ${folder}/debian.sources`,
    );
  return debian;
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
