import type { Run } from "../build/artifact";

/** Where what fills a machine lies; Debian's packages are the rest. */
const places: Record<string, string[]> = {
  "container images": ["usr/lib/container-images"],
  "kubeadm, kubelet, kubectl": ["usr/bin/kubeadm", "usr/bin/kubelet", "usr/bin/kubectl"],
  "etcd, containerd, the registry, CNI plugins": ["usr/local/bin", "opt/cni/bin"],
  "kernel and boot": ["boot", "usr/lib/modules", "usr/lib/grub", "usr/lib/shim"],
};

/** What fills a tree, in MiB. */
export async function sizesOf(root: string, run: Run): Promise<Record<string, number>> {
  const mib = async (paths: string[]) => {
    const lines = (await run("du", ["-s", "-c", "--block-size=1M", ...paths], { cwd: root })).trim().split("\n");
    return Number.parseInt(lines.at(-1) ?? "", 10);
  };
  const sizes: Record<string, number> = {};
  for (const [what, paths] of Object.entries(places)) sizes[what] = await mib(paths);
  const others = Object.values(sizes).reduce((total, size) => total + size, 0);
  return { "Debian's packages": (await mib(["."])) - others, ...sizes };
}
