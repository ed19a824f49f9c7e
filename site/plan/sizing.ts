import type { SiteSpec } from "../description/spec";
import type { EtcdTuning, SitePlan } from "./model";

/** A kubelet's part of a machine, in Kubernetes' own units. */
export interface KubeletReservations {
  kubeReserved: { cpu: string; memory: string; "ephemeral-storage": string };
  systemReserved: { cpu: string; memory: string; "ephemeral-storage": string };
  evictionHard: Record<string, string>;
  evictionSoft: Record<string, string>;
  evictionSoftGracePeriod: Record<string, string>;
  maxPods: number;
}

/** Shares of a machine's memory that Kubernetes keeps: 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112, then 2 % (GKE's table for Node Allocatable). */
const MEMORY_STEPS: [upToGiB: number, share: number][] = [
  [4, 0.25],
  [8, 0.2],
  [16, 0.1],
  [128, 0.06],
  [Number.POSITIVE_INFINITY, 0.02],
];

/** Shares of a machine's CPUs: 6 % of the first, 1 % of the second, 0.5 % of the next two, then 0.25 % (same source). */
const CPU_STEPS: [upTo: number, share: number][] = [
  [1, 0.06],
  [2, 0.01],
  [4, 0.005],
  [Number.POSITIVE_INFINITY, 0.0025],
];

function stepped(amount: number, steps: [number, number][]): number {
  let below = 0;
  let sum = 0;
  for (const [upTo, share] of steps) {
    sum += Math.max(0, Math.min(amount, upTo) - below) * share;
    below = upTo;
  }
  return sum;
}

/**
 * What a kubelet keeps back from pods on a machine of this size (C1). A fifth of the reserve is the system's (sshd, chrony,
 * journald), the rest the kubelet's and containerd's. Eviction: the kubelet's documented defaults, memory at 100 MiB or 2 %.
 */
export function kubeletReservations(machine: { cpus: number; memoryGiB: number }): KubeletReservations {
  const memoryMiB = Math.ceil(stepped(machine.memoryGiB, MEMORY_STEPS) * 1024);
  const cpuMillis = reservedMillis(machine);
  const hardMiB = evictionMiB(machine);
  const split = (whole: number) => ({ system: Math.ceil(whole / 5), kube: whole - Math.ceil(whole / 5) });
  const memory = split(memoryMiB);
  const cpu = split(cpuMillis);
  return {
    kubeReserved: { cpu: `${cpu.kube}m`, memory: `${memory.kube}Mi`, "ephemeral-storage": "1Gi" },
    systemReserved: { cpu: `${cpu.system}m`, memory: `${memory.system}Mi`, "ephemeral-storage": "1Gi" },
    evictionHard: {
      "memory.available": `${hardMiB}Mi`,
      "nodefs.available": "10%",
      "nodefs.inodesFree": "5%",
      "imagefs.available": "15%",
    },
    evictionSoft: { "memory.available": `${hardMiB * 2}Mi`, "nodefs.available": "15%" },
    evictionSoftGracePeriod: { "memory.available": "1m30s", "nodefs.available": "2m" },
    maxPods: maxPods(machine),
  };
}

/** What a node of this size has left for pods: Node Allocatable. */
export function allocatable(machine: { cpus: number; memoryGiB: number }): { cpus: number; memoryGiB: number } {
  const reservedMiB = stepped(machine.memoryGiB, MEMORY_STEPS) * 1024 + evictionMiB(machine);
  return {
    cpus: machine.cpus - reservedMillis(machine) / 1000,
    memoryGiB: machine.memoryGiB - reservedMiB / 1024,
  };
}

function reservedMillis({ cpus }: { cpus: number }): number {
  return Math.max(60, Math.ceil(stepped(cpus, CPU_STEPS) * 1000));
}

function evictionMiB({ memoryGiB }: { memoryGiB: number }): number {
  return Math.max(100, Math.ceil(memoryGiB * 1024 * 0.02));
}

/** Pods on a node: ten a CPU and ten of the system's (OpenShift's podsPerCore), at most Kubernetes' supported 110. */
export function maxPods({ cpus }: { cpus: number }): number {
  return Math.min(110, 10 + 10 * cpus);
}

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
