import type { Carrier, ClusterSeen, PodSeen, PoolSeen, WaitingPod } from "../../../cli/scale/model";
import type { Decided } from "../../../cli/scale/propose";

export const room = { cpus: 4, memoryGiB: 16, pods: 50 };

export function pod(name: string, cpus: number, memoryGiB: number, more: Partial<PodSeen> = {}): PodSeen {
  return {
    name: `shop/${name}`,
    requests: { cpus, memoryGiB, pods: 1 },
    givesWay: false,
    isBound: false,
    ...more,
  };
}

export function waits(name: string, cpus: number, memoryGiB: number, pools = ["general"]): WaitingPod {
  return { ...pod(name, cpus, memoryGiB), pools };
}

/** A pool whose workers, `general-a` and so on, have these pods. */
export function pool(pods: PodSeen[][], scale?: [minimum: number, maximum: number], name = "general"): PoolSeen {
  return {
    ...{ name, count: pods.length, roomOfNew: room },
    ...(scale && { scale: { minimum: scale[0], maximum: scale[1] } }),
    workers: pods.map((on, i) => ({ name: `${name}-${String.fromCharCode(97 + i)}`, room, pods: on })),
  };
}

export function cluster(pools: PoolSeen[], waiting: WaitingPod[] = [], hosts = 3): ClusterSeen {
  return { pools, waiting, hosts, waitingForOther: 0, isMeasured: true };
}

/** Hosts that are given workers in turn and carry so many in all. */
export function turns(hosts: number, most = Number.POSITIVE_INFINITY): Carrier {
  return (counts) => {
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return {
      hosts: Object.fromEntries(
        Object.entries(counts).map(([name, count]) => [
          name,
          Array.from({ length: count }, (_, i) => `esx-${(i % hosts) + 1}`),
        ]),
      ),
      ...(total > most && { beyond: "the other hosts would have no room for the workers of esx-1" }),
    };
  };
}

/** The cluster once a decision is carried out, and every pod that it had a seat for runs there. */
export function after(seen: ClusterSeen, { pools, waiting }: Decided): ClusterSeen {
  return {
    ...seen,
    waiting: [...waiting],
    pools: seen.pools.map((before) => {
      const now = pools.find(({ name }) => name === before.name);
      if (now === undefined) return before;
      const workers = now.workers.map(({ host: _, ...worker }, i) => ({ name: `${before.name}-${i}`, ...worker }));
      return { ...before, count: workers.length, workers };
    }),
  };
}
