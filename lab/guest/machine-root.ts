import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { machineBase } from "../../image/machine/base";
import { machineRoot } from "../../image/machine/root";
import { currentRelease, type Release } from "../../image/programs/release";
import { type Artifact, ensure, goBuild, type Run, repository } from "../toolchain/artifact";

const rpctool = { module: "lab/go/vcenter", package: "./cmd/vmware-rpctool" };

/** What a container needs to be a machine, and cloud-init as one unit. */
const started: Record<string, string> = {
  "sysinit.target.wants/guest-setup.service": "/lib/systemd/system/guest-setup.service",
  "multi-user.target.wants/cloud-init.service": "/etc/systemd/system/cloud-init.service",
};

/** Units that do nothing for a container but take time. */
const masked = [
  ...["cloud-init-local.service", "cloud-config.service", "cloud-final.service", "cloud-init-hotplugd.socket"],
  ...["getty.target", "console-getty.service", "systemd-ask-password-wall.path", "systemd-ask-password-console.path"],
  ...["systemd-udevd.service", "systemd-udev-trigger.service", "systemd-udevd-control.socket"],
  ...["systemd-udevd-kernel.socket", "systemd-modules-load.service", "kmod-static-nodes.service"],
  ...["systemd-firstboot.service", "systemd-remount-fs.service", "systemd-random-seed.service"],
  ...["systemd-update-utmp.service", "systemd-update-utmp-runlevel.service", "systemd-journal-flush.service"],
  ...["systemd-pcrphase.service", "systemd-pcrphase-sysinit.service", "systemd-boot-system-token.service"],
  ...["systemd-hwdb-update.service", "systemd-binfmt.service", "systemd-tmpfiles-clean.timer", "ldconfig.service"],
  ...["networking.service", "ifupdown-pre.service", "sshd-keygen.service", "proc-sys-fs-binfmt_misc.automount"],
  ...["dev-hugepages.mount", "dev-mqueue.mount", "sys-kernel-debug.mount", "sys-kernel-tracing.mount"],
  ...["sys-kernel-config.mount", "sys-fs-fuse-connections.mount", "modprobe@.service", "runit.service"],
  ...["getty-static.service", "e2scrub_reap.service", "apparmor.service", "fstrim.timer", "systemd-pstore.service"],
  ...["open-vm-tools.service", "vgauth.service", "qemu-guest-agent.service", "systemd-resolved.service"],
  ...["systemd-networkd.service", "systemd-networkd.socket", "systemd-networkd-wait-online.service"],
];

/** Generators of units for what a container has not: data sources to look for, partitions, a network to set up. */
const generators = ["cloud-init-generator", "systemd-gpt-auto-generator", "netplan"];

/**
 * What a machine of the lab has beyond Debian's packages, in `rootfs`: what every machine has, and one layer more. `loadMachineImage` makes
 * the image of it.
 */
export function machineImage(release: Release = currentRelease): Artifact {
  const root = machineRoot(release);
  return {
    name: "machine-image",
    version: release.kubernetes.version,
    title: `the machine image with Kubernetes ${release.kubernetes.version}`,
    expected: "about 5 s",
    inputs: [
      ...[machineBase(), root].flatMap(({ inputs }) => inputs),
      ...["lab/guest/machine-root.ts", "lab/guest/rootfs", "lab/go/vcenter/cmd/vmware-rpctool"],
    ],
    build: async (dir, run) => {
      await ensure(machineBase());
      const rootfs = join(dir, "rootfs");
      await run("cp", ["-al", join(await ensure(root), "rootfs"), rootfs]);
      // A file of the layer takes the place of a link to the cache's, and is not written into that.
      await run("cp", ["-r", "--remove-destination", `${join(repository, "lab/guest/rootfs")}/.`, rootfs]);
      await installGuestTools(rootfs, run);
      await arrangeUnits(rootfs);
    },
  };
}

/** What cloud-init asks: VMware's own tool, and two that say what kind of machine this is. */
async function installGuestTools(root: string, run: Run): Promise<void> {
  const folder = join(root, "usr/local/bin");
  await goBuild(run, { ...rpctool, output: join(folder, "vmware-rpctool") });
  for (const name of ["vmtoolsd", "dmidecode", "systemd-detect-virt"])
    await symlink("vmware-rpctool", join(folder, name));
}

async function arrangeUnits(root: string): Promise<void> {
  const units = join(root, "etc/systemd/system");
  await symlink("/lib/systemd/system/multi-user.target", join(units, "default.target"));
  for (const unit of masked) await symlink("/dev/null", join(units, unit));
  for (const [name, unit] of Object.entries(started)) {
    await mkdir(join(units, name, ".."), { recursive: true });
    await symlink(unit, join(units, name));
  }
  const folder = join(root, "etc/systemd/system-generators");
  await mkdir(folder);
  for (const name of generators) await symlink("/dev/null", join(folder, name));
}
