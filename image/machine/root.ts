import { cp, mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Artifact, ensure, type Run, repository } from "../build/artifact";
import { containerImages } from "../containers/container-images";
import type { Release } from "../programs/release";
import { cni, containerd, registry } from "../programs/upstream";

/** Units that start with every machine. kubelet, etcd, haproxy and keepalived wait until they are configured. */
const started: Record<string, string[]> = {
  "sysinit.target": ["apparmor.service", "systemd-resolved.service"],
  "multi-user.target": ["ssh.service", "containerd.service", "chrony.service", "open-vm-tools.service"],
  "open-vm-tools.service": ["vgauth.service"],
  "cloud-init.target": [
    "cloud-init-local.service",
    "cloud-init.service",
    "cloud-config.service",
    "cloud-final.service",
  ],
  "getty.target": ["getty@.service"],
  "timers.target": ["fstrim.timer"],
};

/**
 * What a machine has beyond Debian's packages: programs, container images, and what starts; in `rootfs`, as links to the files of the other
 * artifacts, so that it takes no room.
 */
export function machineRoot(release: Release): Artifact {
  const { kubernetes, etcd } = release;
  return {
    name: "machine-root",
    version: kubernetes.version,
    title: `what machines with Kubernetes ${kubernetes.version} have beyond Debian's packages`,
    expected: "about 1 s",
    inputs: [
      ...[containerImages(release), kubernetes, etcd, containerd, registry, cni].flatMap(({ inputs }) => inputs),
      ...["image/machine/root.ts", "image/rootfs"],
    ],
    build: async (dir, run) => {
      const root = join(dir, "rootfs");
      await cp(join(repository, "image/rootfs"), root, { recursive: true });
      await linkPrograms(root, release, run);
      await startUnits(root);
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
  await link(registry, ["."], "usr/local/bin");
  await link(cni, ["."], "opt/cni/bin");
  await link(containerImages(release), ["layers", "containerd", "digests.json"], "usr/lib/container-images");
}

async function startUnits(root: string): Promise<void> {
  const units = join(root, "etc/systemd/system");
  for (const [by, names] of Object.entries(started)) {
    for (const name of names) {
      const relation = by.endsWith(".service") ? "requires" : "wants";
      const file = join(units, `${by}.${relation}`, name.replace("@.", "@tty1."));
      await mkdir(dirname(file), { recursive: true });
      await symlink(`/lib/systemd/system/${name}`, file);
    }
  }
}
