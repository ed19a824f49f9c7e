import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ensure, type Run } from "../build/artifact";
import { machineBase, type OperatingSystem } from "../machine/base";
import { BUILD_EPOCH } from "../machine/epoch";
import { machineRoot } from "../machine/root";
import type { Release } from "../programs/release";
import { findRoot, grubConfiguration, grubDefaults } from "./boot";
import type { DiskLayout } from "./layout";

/** Lays a machine's whole tree into a folder: Debian's packages, and what machines have beyond. What a disk adds comes with `writeDiskFiles`. */
export async function layTree(root: string, system: OperatingSystem, release: Release, run: Run): Promise<void> {
  await mkdir(root);
  const base = join(await ensure(machineBase(system)), "base.tar");
  await run("tar", ["-C", root, "--xattrs", "--xattrs-include=*", "--numeric-owner", "-xpf", base]);
  const rootfs = join(await ensure(machineRoot(release)), "rootfs");
  // A tree's links to the cache would give it the cache's times.
  await run("cp", ["-r", "--preserve=mode,links", "--no-dereference", "--reflink=auto", `${rootfs}/.`, root]);
}

/** What only a disk has: its file systems, how it boots, and its own resolver and sources of packages. */
export async function writeDiskFiles(root: string, system: OperatingSystem, disk: DiskLayout): Promise<void> {
  const { rootUuid } = disk;
  const files: Record<string, string> = {
    "etc/fstab": `UUID=${rootUuid} / ext4 errors=remount-ro 0 1\n`,
    "etc/default/grub.d/50-groundwork.cfg": grubDefaults,
    "boot/grub/grub.cfg": grubConfiguration(rootUuid),
    "etc/apt/sources.list.d/debian.sources": sources(system),
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await symlink("../run/systemd/resolve/stub-resolv.conf", join(root, "etc/resolv.conf"));
}

/** Gives all that is newer the time that every build has. */
export async function settleTimes(root: string, run: Run): Promise<void> {
  const time = `@${BUILD_EPOCH}`;
  await run("find", [root, "-newermt", time, "-exec", "touch", "--no-dereference", "-d", time, "{}", "+"]);
}

/** What UEFI starts: Debian's signed shim and GRUB, so that Secure Boot can stay on. By their paths in the EFI system partition. */
export async function efiFiles(root: string, rootUuid: string): Promise<Record<string, Buffer>> {
  const read = (path: string) => readFile(join(root, "usr/lib", path));
  return {
    "EFI/BOOT/BOOTX64.EFI": await read("shim/shimx64.efi.signed"),
    "EFI/BOOT/grubx64.efi": await read("grub/x86_64-efi-signed/grubx64.efi.signed"),
    "EFI/BOOT/mmx64.efi": await read("shim/mmx64.efi.signed"),
    "EFI/debian/grub.cfg": Buffer.from(findRoot(rootUuid)),
  };
}

function sources({ codename }: OperatingSystem): string {
  const signed = "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg";
  const source = (uri: string, suites: string) =>
    `Types: deb\nURIs: http://deb.debian.org/${uri}\nSuites: ${suites}\nComponents: main\n${signed}\n`;
  return [source("debian", `${codename} ${codename}-updates`), source("debian-security", `${codename}-security`)].join(
    "\n",
  );
}
