import { type Around, grow } from "./grow";
import type { Carrier, ClusterSeen, PoolProposal, Proposal, WaitingPod } from "./model";
import { fullness, mayHold, type Pool, poolOf, unjudged } from "./pool";
import { seat } from "./seats";
import { shrink } from "./shrink";
import { counted, percent, waitingSaid } from "./words";

/**
 * What to have of each pool, between its minimum and its maximum. More where pods wait for CPUs or memory, where they use nearly
 * all that there is, or where those of a lost host would find no room; fewer where all of that still has room to spare. Pools that
 * shrink go first: what they leave may be what another one needs. Carried out and asked again it proposes nothing, as long as
 * pods stay what they are.
 */
export function propose(seen: ClusterSeen, carrier: Carrier): Proposal {
  const { pools, unseated, hopeless } = decided(seen, carrier);
  return {
    pools: seen.pools.flatMap(({ name, count, scale, ...pool }): PoolProposal[] => {
      if (scale === undefined) return [];
      const after = pools.find((one) => one.name === name);
      const line = { pool: name, now: count };
      return after
        ? [{ ...line, proposed: after.workers.length, why: whyOf(after, count, seen.hosts) }]
        : [{ ...line, why: unjudged({ ...pool, count, name }) ?? "" }];
    }),
    notes: notesOf(seen, unseated, hopeless),
  };
}

/** Pools as they are once it is carried out, with their pods. */
export interface Decided {
  /** Those that could be judged. */
  pools: Pool[];
  /** Pods that no worker had room for. */
  unseated: WaitingPod[];
  /** Those of them that no further worker of a pool that may grow would hold. */
  hopeless: WaitingPod[];
  /** Those of them that wait on. */
  waiting: ReadonlySet<WaitingPod>;
}

export function decided(seen: ClusterSeen, carrier: Carrier): Decided {
  const counts = Object.fromEntries(seen.pools.map(({ name, count }) => [name, count]));
  const { hosts } = carrier(counts);
  const sound = seen.pools.filter((pool) => unjudged(pool) === undefined);
  const pools = sound.map((pool) => poolOf(pool, hosts[pool.name] ?? []));
  const unseated = seat(
    seen.waiting,
    pools.flatMap(({ workers }) => workers),
    {},
    (pod, worker) => pools.some(({ name, workers }) => workers.includes(worker) && pod.pools.includes(name)),
  );
  const scaled = pools.filter((_, i) => sound[i]?.scale !== undefined);
  const hopeless = unseated.filter((pod) => !scaled.some((pool) => mayHold(pool, pod)));
  const waiting = new Set(unseated);
  settle(scaled, { counts, carrier, hosts: seen.hosts, waiting });
  return { pools, unseated, hopeless, waiting };
}

/** Until nothing changes: who grew is not made smaller by what another pool leaves or takes. */
function settle(pools: readonly Pool[], around: Around): void {
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (const pool of pools) if (!pool.hasGrown && shrink(pool, around)) isChanged = true;
    for (const pool of pools) if (grow(pool, around)) isChanged = true;
  }
}

function whyOf(pool: Pool, before: number, hosts: number): string {
  const { asks, limit, workers } = pool;
  if (workers.length < before)
    return `all that runs has room to spare on ${workers.length}${hosts > 1 ? ", without any one host, too" : ""}`;
  return [...(asks.length > 0 ? asks : [unasked(pool)]), ...(limit ? [limit] : [])].join("; ");
}

function unasked(pool: Pool): string {
  if (pool.workers.length === 0) return "no pod waits for it";
  const { share, what } = fullness(pool, "requests");
  return `pods ask for ${percent(share)} of its ${what}`;
}

function notesOf(seen: ClusterSeen, unseated: readonly WaitingPod[], hopeless: readonly WaitingPod[]): string[] {
  const settling = seen.waiting.filter((pod) => !unseated.includes(pod));
  return [
    ...(hopeless.length > 0
      ? [
          `${waitingSaid(hopeless)}; no worker of a pool that may grow would hold ${hopeless.length === 1 ? "it" : "them"}`,
        ]
      : []),
    ...(settling.length > 0
      ? [
          `${waitingSaid(settling)}; there is room by what pods ask for: \`kubectl describe pod\` says what is against it`,
        ]
      : []),
    ...(seen.waitingForOther > 0
      ? [
          `${counted(seen.waitingForOther, "pod waits", "pods wait")} for something that no worker more would bring: \`kubectl describe pod\` says what`,
        ]
      : []),
    ...(seen.isMeasured ? [] : ["nobody measured what pods use (no metrics.k8s.io): judged by what they ask for"]),
  ];
}
