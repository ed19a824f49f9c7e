import type { Amounts, PodSeen, PoolSeen } from "./model";
import { asked, holds, type Seats, total } from "./seats";

/** A pool while it is judged: workers come and go, and pods are given seats. */
export interface Pool {
  name: string;
  minimum: number;
  maximum: number;
  /** The last one is the next to leave. */
  workers: Seats[];
  roomOfNew: Amounts;
  /** What its pods use, as far as it was measured. */
  uses: Omit<Amounts, "pods">;
  /** What asks for more workers of it, or asked before it was given some. */
  asks: readonly string[];
  hasGrown: boolean;
  /** Why it has not one more, or one fewer. */
  limit?: string;
}

/** @param hosts where its workers are, in their order */
export function poolOf({ name, count, scale, workers, roomOfNew }: PoolSeen, hosts: readonly string[]): Pool {
  const pods = workers.flatMap((worker) => worker.pods);
  return {
    name,
    minimum: scale?.minimum ?? count,
    maximum: scale?.maximum ?? count,
    workers: workers.map(({ room, pods, keeps }, i) => ({
      ...{ host: hosts[i] ?? "", room, pods: [...pods] },
      ...(keeps !== undefined && { keeps }),
    })),
    roomOfNew,
    asks: [],
    hasGrown: false,
    uses: { cpus: used(pods, "cpus"), memoryGiB: used(pods, "memoryGiB") },
  };
}

function used(pods: readonly PodSeen[], what: "cpus" | "memoryGiB"): number {
  return pods.reduce((sum, { uses }) => sum + (uses?.[what] ?? 0), 0);
}

/** Why nothing can be said of a pool; nothing where all its workers are there and take pods. */
export function unjudged({ count, workers }: PoolSeen): string | undefined {
  if (workers.length !== count)
    return `${count} are described and ${workers.length} are there: bring the description up first`;
  const [first] = workers.filter(({ problem }) => problem !== undefined);
  return first && `${first.name} ${first.problem}: see \`groundwork status\``;
}

/** Whether one more worker of the pool would hold a pod that may run there. */
export function mayHold({ name, roomOfNew }: Pool, pod: PodSeen & { pools: readonly string[] }): boolean {
  return pod.pools.includes(name) && holds(roomOfNew, pod.requests);
}

/** The larger of the shares of CPUs and memory that its pods use, or ask for. */
export function fullness(pool: Pool, of: "uses" | "requests"): { share: number; what: string } {
  const room = total(pool.workers.map((worker) => worker.room));
  const taken = of === "uses" ? pool.uses : asked(pool.workers.flatMap(({ pods }) => pods));
  const shares = [
    { share: shareOf(taken.cpus, room.cpus), what: "CPUs" },
    { share: shareOf(taken.memoryGiB, room.memoryGiB), what: "memory" },
  ] as const;
  return shares[0].share > shares[1].share ? shares[0] : shares[1];
}

function shareOf(taken: number, room: number): number {
  return taken === 0 ? 0 : room > 0 ? taken / room : Number.POSITIVE_INFINITY;
}
