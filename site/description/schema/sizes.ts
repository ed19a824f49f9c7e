interface Size {
  cpus: number;
  memoryGiB: number;
}

/**
 * An etcd member by the number of nodes: etcd's own hardware table (small 2 CPUs and 8 GB up to 50 nodes, medium 4 and 16 up
 * to 250, large 8 and 32 up to 1,000, xlarge 16 and 64). The disk holds the quota (2, 4 or 8 GiB, C3), its write-ahead log,
 * a snapshot and a defragmentation's copy, with as much again to spare: ten times the quota, 20 GiB at least (L2).
 */
export function etcdSize(nodes: number): Size & { diskGiB: number } {
  return { ...bySize(nodes), diskGiB: nodes > 1000 ? 80 : nodes > 250 ? 40 : 20 };
}

/**
 * A control plane by the number of nodes (C2): an API server holds in memory what etcd holds on disk, so it grows in the same
 * steps; between kubeadm's minimum and what Kubernetes' own scalability set-ups give (4 CPUs and 15 GB up to 100 nodes, 8 and
 * 30 up to 250, 16 and 60 up to 500).
 */
export function controlPlaneSize(nodes: number): Size {
  return bySize(nodes);
}

function bySize(nodes: number): Size {
  if (nodes > 1000) return { cpus: 16, memoryGiB: 64 };
  if (nodes > 250) return { cpus: 8, memoryGiB: 32 };
  if (nodes > 50) return { cpus: 4, memoryGiB: 16 };
  return { cpus: 2, memoryGiB: 8 };
}
