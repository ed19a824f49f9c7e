import { stranded, strandedPods, strandedSaid } from "./hostLoss";
import type { Carrier, WaitingPod } from "./model";
import { fullness, mayHold, type Pool } from "./pool";
import { seat } from "./seats";
import { percent, waitingSaid } from "./words";

/** Of what its workers have, the share that pods may use before another worker is proposed. */
const NEARLY_ALL = 0.85;

/** What is told of the whole site while pools change. */
export interface Around {
  /** By the pools' names, as they are proposed so far. */
  counts: Record<string, number>;
  carrier: Carrier;
  hosts: number;
  /** Pods that no worker has room for. */
  waiting: Set<WaitingPod>;
}

/** Gives a pool more workers as long as something asks for one and nothing is against it. Whether it did. */
export function grow(pool: Pool, around: Around): boolean {
  const before = pool.workers.length;
  const reasons: string[] = [];
  const wanted = () => [...around.waiting].filter((pod) => mayHold(pool, pod));
  if (wanted().length > 0) reasons.push(waitingSaid(wanted()));
  while (wanted().length > 0 && addWorker(pool, around)) {
    const asking = wanted();
    const left = seat(asking, pool.workers.slice(-1));
    for (const pod of asking) if (!left.includes(pod)) around.waiting.delete(pod);
  }
  const { share, what } = fullness(pool, "uses");
  if (share > NEARLY_ALL) reasons.push(`pods use ${percent(share)} of its ${what}`);
  while (fullness(pool, "uses").share > NEARLY_ALL && addWorker(pool, around));
  const alone = stranded(pool.workers, around.hosts);
  if (alone.length > 0) reasons.push(strandedSaid(alone));
  forLossOfHost(pool, around);
  if (!pool.hasGrown) pool.asks = reasons;
  const isLarger = pool.workers.length > before;
  pool.hasGrown ||= isLarger;
  return isLarger;
}

/** Adds workers until pods find room without any one host; where they never all do, as few as help as much as can be. */
function forLossOfHost(pool: Pool, around: Around): void {
  let fewest = strandedPods(pool.workers, around.hosts);
  let best = pool.workers.length;
  while (strandedPods(pool.workers, around.hosts) > 0 && addWorker(pool, around)) {
    const now = strandedPods(pool.workers, around.hosts);
    if (now < fewest) [fewest, best] = [now, pool.workers.length];
  }
  if (best < pool.workers.length) pool.limit = `more than ${best} would help no further`;
  pool.workers.length = best;
  around.counts[pool.name] = best;
}

/** One more, where the hosts carry it without any one of them, too. */
function addWorker(pool: Pool, { counts, carrier }: Around): boolean {
  const count = pool.workers.length + 1;
  pool.limit = undefined;
  if (count > pool.maximum) {
    pool.limit = `${pool.maximum} is its maximum`;
    return false;
  }
  const { hosts, broken, beyond } = carrier({ ...counts, [pool.name]: count });
  const refused = broken ?? beyond;
  if (refused !== undefined) {
    pool.limit = `not ${count}: ${refused}`;
    return false;
  }
  pool.workers.push({ host: hosts[pool.name]?.[count - 1] ?? "", room: pool.roomOfNew, pods: [] });
  counts[pool.name] = count;
  return true;
}
