import type { Role } from "../description/spec";

/** Kernel modules of a node: overlay file systems for containers, connection tracking for services. */
export function kernelModules(): string {
  return "overlay\nnf_conntrack\n";
}

/**
 * Kernel settings by role. Nodes forward packets and have what the kubelet's `protectKernelDefaults` asks for (CIS 4.2.6), and
 * room for the watches of many pods. A load balancer may bind the API's address before it holds it.
 */
export function kernelSettings(role: Role): string {
  const node = role === "control-plane" || role === "worker";
  const settings: Record<string, number> = {
    ...(node && {
      "net.ipv4.ip_forward": 1,
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
