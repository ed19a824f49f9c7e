import { cp, mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Artifact, ensure, goBuild, type Run, repository } from "../toolchain/artifact";
import { machineBase } from "./base";
import { containerImages } from "./container-images";
import { currentRelease, type Release } from "./release";
import { cni, containerd } from "./upstream";

const rpctool = { module: "lab/go/vcenter", package: "./cmd/vmware-rpctool" };

/** Units that start with every machine. kubelet, etcd, haproxy and keepalived wait until they are configured. */
const started: Record<string, string[]> = {
  "sysinit.target": ["guest-setup"],
  "multi-user.target": ["cloud-init", "ssh", "containerd", "chrony"],
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
  ...["getty-static.service", "e2scrub_reap.service"],
];

/**
 * What a machine of the lab has beyond Debian's packages; in `rootfs`, as links to the files of the other artifacts,
 * so that it takes no room. `loadMachineImage` makes the image of it.
 */
export function machineImage(release: Release = currentRelease): Artifact {
  const { kubernetes, etcd } = release;
  return {
    name: "machine-image",
    version: kubernetes.version,
    title: `the machine image with Kubernetes ${kubernetes.version}`,
    expected: "about 5 s",
    inputs: [
      ...[machineBase, containerImages(release), kubernetes, etcd, containerd, cni].flatMap(({ inputs }) => inputs),
      ...["lab/guest/machine-root.ts", "lab/guest/rootfs", "lab/go/vcenter/cmd/vmware-rpctool"],
    ],
    build: async (dir, run) => {
      await ensure(machineBase);
      const root = join(dir, "rootfs");
      await cp(join(repository, "lab/guest/rootfs"), root, { recursive: true });
      await linkPrograms(root, release, run);
      await installGuestTools(root, run);
      await arrangeUnits(root);
    },
  };
}

async function linkPrograms(root: string, release: Release, run: Run): Promise<void> {
  const link = async (artifact: Artifact, names: string[], folder: string): Promise<void> => {
    await mkdir(join(root, folder), { recursive: true });
    const from = await ensure(artifact);
    await run("cp", ["-al", ...names.map((name) => `${from}/${name}`), join(root, folder)]);
  };
  await link(release.kubernetes, ["kubeadm", "kubelet", "kubectl"], "usr/bin");
  await link(release.etcd, ["."], "usr/local/bin");
  await link(containerd, ["."], "usr/local/bin");
  await link(cni, ["."], "opt/cni/bin");
  await link(containerImages(release), ["layers", "containerd", "digests.json"], "usr/lib/container-images");
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
  const link = async (target: string, ...path: string[]): Promise<void> => {
    const file = join(units, ...path);
    await mkdir(dirname(file), { recursive: true });
    await symlink(target, file);
  };
  await link("/lib/systemd/system/multi-user.target", "default.target");
  for (const unit of masked) await link("/dev/null", unit);
  for (const [target, names] of Object.entries(started)) {
    for (const name of names) {
      const ours = name === "cloud-init" ? "/etc/systemd/system" : "/lib/systemd/system";
      await link(`${ours}/${name}.service`, `${target}.wants`, `${name}.service`);
    }
  }
  const generators = join(root, "etc/systemd/system-generators");
  await mkdir(generators);
  for (const name of ["cloud-init-generator", "systemd-gpt-auto-generator"])
    await symlink("/dev/null", join(generators, name));
}
