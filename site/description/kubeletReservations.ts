import { prefixLength } from "./ipv4";

/** What a node's kubelet is configured by. */
interface Node {
  cpus: number;
  memoryGiB: number;
  /** The node's part of the pods' network, if it has one. */
  podCidr?: string;
}

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
 *
 * @param besideMiB what else of the site's own runs there outside pods
 */
export function kubeletReservations(machine: Node, besideMiB = 0): KubeletReservations {
  const memoryMiB = Math.ceil(stepped(machine.memoryGiB, MEMORY_STEPS) * 1024);
  const cpuMillis = reservedMillis(machine);
  const hardMiB = evictionMiB(machine);
  const split = (whole: number) => ({ system: Math.ceil(whole / 5), kube: whole - Math.ceil(whole / 5) });
  const memory = split(memoryMiB);
  const cpu = split(cpuMillis);
  return {
    kubeReserved: { cpu: `${cpu.kube}m`, memory: `${memory.kube}Mi`, "ephemeral-storage": "1Gi" },
    systemReserved: { cpu: `${cpu.system}m`, memory: `${memory.system + besideMiB}Mi`, "ephemeral-storage": "1Gi" },
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

/**
 * Pods on a node: ten a CPU and ten of the system's (OpenShift's podsPerCore), at most Kubernetes' supported 110, and no more than
 * have an address where the node has a part of the pods' network.
 */
export function maxPods({ cpus, podCidr }: Pick<Node, "cpus" | "podCidr">): number {
  return Math.min(110, 10 + 10 * cpus, podCidr === undefined ? 110 : podAddresses(prefixLength(podCidr)));
}

/** Addresses for pods in a node's part of their network: without its own, the node's, and the last one. */
export function podAddresses(prefix: number): number {
  return 2 ** (32 - prefix) - 3;
}
