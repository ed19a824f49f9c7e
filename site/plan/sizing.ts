import type { SiteSpec } from "../description/spec";
import type { EtcdTuning, SitePlan } from "./model";

export interface ApiServerLimits {
  maxRequestsInflight: number;
  maxMutatingRequestsInflight: number;
}

/**
 * How many requests an API server works on at a time (C2). By nodes: Kubernetes' default 400/200 up to 1,000, 1500/500 up to
 * 3,000, 3000/1000 beyond (its scalability set-up); by memory: at most 50 and 25 for each GiB, so that a small machine
 * answers 429 before it runs out of memory.
 */
export function apiServerLimits(plan: Pick<SitePlan, "machines">): ApiServerLimits {
  const nodes = plan.machines.filter((m) => m.role === "worker" || m.role === "control-plane").length;
  const memoryGiB = Math.min(...plan.machines.filter((m) => m.role === "control-plane").map((m) => m.memoryGiB));
  const [reads, writes] = nodes <= 1000 ? [400, 200] : nodes <= 3000 ? [1500, 500] : [3000, 1000];
  return {
    maxRequestsInflight: Math.max(50, Math.min(reads, Math.floor(memoryGiB * 50))),
    maxMutatingRequestsInflight: Math.max(25, Math.min(writes, Math.floor(memoryGiB * 25))),
  };
}

/**
 * etcd's timers and size (C3). Heartbeat: the largest round trip between members, not below etcd's default of 100 ms;
 * election: ten times that, at most etcd's 50 s. Quota: 2 GiB (etcd's default), 4 GiB above 250 nodes, 8 GiB (etcd's
 * suggested maximum) above 1,000, and never more than half the smallest member's memory or a third of its disk, which also hold
 * the page cache, snapshots and defragmentation.
 */
export function etcdTuning(
  etcd: Pick<SiteSpec["etcd"], "heartbeatMs" | "electionMs" | "quotaGiB">,
  smallest: { memoryGiB: number; diskGiB: number },
  rttMs: number,
  nodes: number,
): EtcdTuning {
  const heartbeatMs = etcd.heartbeatMs ?? Math.min(5000, Math.max(100, Math.ceil(rttMs / 10) * 10));
  const wanted = nodes > 1000 ? 8 : nodes > 250 ? 4 : 2;
  const quotaGiB = etcd.quotaGiB ?? Math.min(wanted, smallest.memoryGiB / 2, smallest.diskGiB / 3);
  return {
    heartbeatMs,
    electionMs: etcd.electionMs ?? Math.min(50_000, Math.max(1000, 10 * heartbeatMs)),
    quotaBytes: Math.floor(quotaGiB * 2 ** 30),
  };
}
