import type { WorkerPool } from "../description/spec";
import type { SitePlan } from "../plan/model";
import { machinesOf } from "../plan/roles";
import { quoted } from "./apply";
import { shell } from "./shell";

/** Whether something of a pool's nodes is kept in the cluster, where it can change while they run. */
export function hasNodeSettings({ labels = {}, taints = [] }: WorkerPool): boolean {
  return Object.keys(labels).length > 0 || taints.length > 0;
}

/**
 * The bash program that gives a pool's nodes its labels and taints, and takes away those that it gave before: a new node has them
 * from its registration, but a kubelet changes neither later, and may not change its taints at all. With the word `remove` it takes
 * away all. Run on a control plane.
 */
export function poolNodesScript(plan: SitePlan, { name, labels = {}, taints = [] }: WorkerPool): string {
  const nodes = machinesOf(plan, "worker").filter(({ pool }) => pool === name);
  const header = {
    POOL: name,
    NODES: nodes.map((node) => node.name).join(" "),
    LABELS: Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join(" "),
    TAINTS: taints
      .map(({ key, value = "", effect }) => `${key}=${value}:${effect}`)
      .sort()
      .join(" "),
  };
  return [...Object.entries(header).map(([key, value]) => `${key}=${quoted(value)}`), shell("pool-nodes")].join("\n");
}
