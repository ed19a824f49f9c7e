import type { Around } from "./grow";
import { stranded, strandedSaid } from "./hostLoss";
import { fullness, mayHold, type Pool } from "./pool";
import { type Seats, seat } from "./seats";
import { percent } from "./words";

/** Of what a worker has, the share that pods may ask for once another one has left. */
const TO_SPARE = 0.85;
/** Of what all workers have, the share that pods may use then: well below what has another one proposed. */
const QUIET = 0.7;

/** Takes workers from a pool, the last ones, as long as all that runs has room to spare without them. Whether it did. */
export function shrink(pool: Pool, around: Around): boolean {
  const before = pool.workers.length;
  if ([...around.waiting].some((pod) => mayHold(pool, pod))) return false;
  for (;;) {
    const fewer = withoutLast(pool, around);
    if (typeof fewer === "string") {
      pool.limit = fewer;
      break;
    }
    pool.workers = fewer;
    around.counts[pool.name] = fewer.length;
  }
  return pool.workers.length < before;
}

/** The workers once the last one has left, with its pods on them; or why it is needed. */
function withoutLast(pool: Pool, { counts, carrier, hosts }: Around): Seats[] | string {
  const last = pool.workers.at(-1);
  const count = pool.workers.length - 1;
  if (last === undefined || count < pool.minimum) return `${pool.minimum} is its minimum`;
  if (last.keeps !== undefined) return last.keeps;
  const left = pool.workers.slice(0, -1).map((worker) => ({ ...worker, pods: [...worker.pods] }));
  const homeless = seat(last.pods, left, { share: TO_SPARE });
  if (homeless.length > 0) return `${count} would have no room to spare`;
  const { share, what } = fullness({ ...pool, workers: left }, "uses");
  if (share > QUIET) return `pods would use ${percent(share)} of the ${what} of ${count}`;
  const alone = [stranded(left, hosts), stranded(left, hosts, TO_SPARE)].find((some) => some.length > 0);
  if (alone) return `with ${count}, ${strandedSaid(alone)}`;
  const { broken } = carrier({ ...counts, [pool.name]: count });
  return broken === undefined ? left : `not ${count}: ${broken}`;
}
