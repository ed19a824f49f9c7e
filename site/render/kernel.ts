import type { PodNetwork, Role } from "../description/spec";

/**
 * Whether a network of pods may bridge them, as flannel's and others' manifests do: services of pods on one bridge answer only
 * where bridged packets pass iptables. `routed` and Cilium have no bridge; of any other it is not known.
 */
function mayBridge({ kind }: PodNetwork): boolean {
  return kind === "manifest" || kind === "none";
}

/** Kernel modules of a node: overlay file systems for containers, connection tracking for services, bridges' packets. */
export function kernelModules(network: PodNetwork): string {
  return ["overlay", "nf_conntrack", ...(mayBridge(network) ? ["br_netfilter"] : [])]
    .map((name) => `${name}\n`)
    .join("");
}

/**
 * Kernel settings by role. Nodes forward packets and have what the kubelet's `protectKernelDefaults` asks for (CIS 4.2.6), and
 * room for the watches of many pods. A load balancer may bind the API's address before it holds it.
 */
export function kernelSettings(role: Role, network: PodNetwork): string {
  const node = role === "control-plane" || role === "worker";
  const settings: Record<string, number> = {
    ...(node && {
      "net.ipv4.ip_forward": 1,
      ...(mayBridge(network) && { "net.bridge.bridge-nf-call-iptables": 1, "net.bridge.bridge-nf-call-ip6tables": 1 }),
      "vm.overcommit_memory": 1,
      "vm.panic_on_oom": 0,
      "kernel.panic": 10,
      "kernel.panic_on_oops": 1,
      "kernel.keys.root_maxkeys": 1_000_000,
      "kernel.keys.root_maxbytes": 25_000_000,
      "fs.inotify.max_user_instances": 8192,
      "fs.inotify.max_user_watches": 524_288,
    }),
    ...(role === "load-balancer" && { "net.ipv4.ip_nonlocal_bind": 1, "net.core.somaxconn": 4096 }),
    "net.ipv4.conf.all.rp_filter": 2,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");
}
