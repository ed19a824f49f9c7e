import type { Amounts, PodSeen } from "./model";

/** A worker while seats are looked for on it. */
export interface Seats {
  host: string;
  room: Amounts;
  pods: PodSeen[];
  keeps?: string;
}

const RESOURCES = ["cpus", "memoryGiB", "pods"] as const;
/** What sums of fractions may be off by. */
const ROUNDING = 1e-9;

export function asked(pods: readonly PodSeen[]): Amounts {
  return total(pods.map(({ requests }) => requests));
}

export function total(amounts: readonly Amounts[]): Amounts {
  const sum = { cpus: 0, memoryGiB: 0, pods: 0 };
  for (const one of amounts) for (const resource of RESOURCES) sum[resource] += one[resource];
  return sum;
}

/** Whether a room holds so much. */
export function holds(room: Amounts, wanted: Amounts): boolean {
  return RESOURCES.every((resource) => wanted[resource] <= room[resource] + ROUNDING);
}

/** A part of a room's CPUs and memory; pods are counted whole. */
export function part({ cpus, memoryGiB, pods }: Amounts, share: number): Amounts {
  return { cpus: cpus * share, memoryGiB: memoryGiB * share, pods };
}

export interface Seating {
  /** Where pods may be in pairs on a node that never are. */
  isTogether?: boolean;
  /** How much of a worker's room may be asked for, 0 to 1; left out: all of it. */
  share?: number;
}

/**
 * Gives pods seats, large ones first, each on the first worker that has room beside what is there. Whoever is given one is put
 * into its `pods`.
 *
 * @returns those that found none
 */
export function seat<P extends PodSeen>(
  pods: readonly P[],
  workers: readonly Seats[],
  { share = 1, isTogether = false }: Seating = {},
  mayRun: (pod: P, worker: Seats) => boolean = () => true,
): P[] {
  const largest = total(workers.map(({ room }) => room));
  const size = ({ requests }: P) =>
    Math.max(requests.cpus / (largest.cpus || 1), requests.memoryGiB / (largest.memoryGiB || 1));
  const sorted = [...pods].sort((a, b) => size(b) - size(a) || (a.name < b.name ? -1 : 1));
  const taken = new Map(workers.map((worker) => [worker, asked(worker.pods)]));
  return sorted.filter((pod) => {
    const found = workers.find((worker) => {
      const wanted = total([taken.get(worker) as Amounts, pod.requests]);
      const isApart = pod.apart === undefined || isTogether || !worker.pods.some(({ apart }) => apart === pod.apart);
      return isApart && mayRun(pod, worker) && holds(part(worker.room, share), wanted);
    });
    if (found === undefined) return true;
    found.pods.push(pod);
    taken.set(found, total([taken.get(found) as Amounts, pod.requests]));
    return false;
  });
}
