import fc from "fast-check";
import { expect } from "vitest";
import { stranded } from "../../../cli/scale/hostLoss";
import type { Carrier, ClusterSeen, PodSeen } from "../../../cli/scale/model";
import { decided, propose } from "../../../cli/scale/propose";
import { after, pool as poolWith, room } from "./clusters";

const names = ["general", "large", "fixed"] as const;

/** Pods of all kinds that fit on an empty worker. */
const pods = (least: number, most: number) =>
  fc.array(
    fc.record({
      cpus: fc.integer({ min: 0, max: 40 }).map((tenths) => tenths / 10),
      memoryGiB: fc.integer({ min: 0, max: 32 }).map((halves) => halves / 2),
      uses: fc.option(fc.record({ cpus: fc.integer({ min: 0, max: 3 }), memoryGiB: fc.integer({ min: 0, max: 12 }) })),
      givesWay: fc.boolean(),
      isBound: fc.constantFrom(false, false, false, true),
      apart: fc.option(fc.constantFrom("web", "api"), { freq: 2 }),
    }),
    { minLength: least, maxLength: most },
  );

type Drawn = { cpus: number; memoryGiB: number } & Omit<PodSeen, "name" | "requests" | "uses" | "apart"> & {
    uses: PodSeen["uses"] | null;
    apart: string | null;
  };

function podOf({ cpus, memoryGiB, uses, apart, ...more }: Drawn, name: string): PodSeen {
  return {
    ...{ name, requests: { cpus, memoryGiB, pods: 1 } },
    ...more,
    ...(uses && { uses }),
    ...(apart !== null && { apart }),
  };
}

/** What does not fit on the worker where it was drawn is not there. */
function fitting(all: readonly PodSeen[]): PodSeen[] {
  const on: PodSeen[] = [];
  for (const one of all) {
    const { cpus, memoryGiB } = asked([...on, one]);
    const isApart = one.apart === undefined || !on.some(({ apart }) => apart === one.apart);
    if (isApart && cpus <= room.cpus && memoryGiB <= room.memoryGiB) on.push(one);
  }
  return on;
}

function asked(all: readonly PodSeen[]) {
  return {
    cpus: all.reduce((sum, { requests }) => sum + requests.cpus, 0),
    memoryGiB: all.reduce((sum, { requests }) => sum + requests.memoryGiB, 0),
  };
}

const drawnPool = fc
  .record({ workers: fc.array(pods(0, 5), { maxLength: 7 }), fewer: fc.nat(4), more: fc.nat(5), keeps: fc.nat(12) })
  .map(({ workers, fewer, more, keeps }) => (name: string) => {
    const made = poolWith(
      workers.map((on, i) => fitting(on.map((one, j) => podOf(one as Drawn, `${name}/${i}-${j}`)))),
      name === "fixed" ? undefined : [Math.max(0, workers.length - fewer), workers.length + more],
      name,
    );
    return {
      ...made,
      workers: made.workers.map((one, i) => (i === keeps ? { ...one, keeps: "it holds a volume" } : one)),
    };
  });

/** Clusters with pods of all kinds, some of which wait. */
export const drawnCluster: fc.Arbitrary<ClusterSeen> = fc
  .record({
    pools: fc.array(drawnPool, { minLength: 1, maxLength: 3 }),
    waiting: fc.array(
      fc.record({
        one: pods(1, 1),
        many: fc.integer({ min: 1, max: 4 }),
        in: fc.subarray([...names], { minLength: 1 }),
      }),
      { maxLength: 4 },
    ),
    hosts: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ pools, waiting, hosts }) => ({
    pools: pools.map((make, i) => make(names[i] as string)),
    waiting: waiting.flatMap(({ one: [drawn], many, in: within }, i) =>
      Array.from({ length: many }, (_, j) => ({
        // What does not run uses nothing.
        ...podOf({ ...(drawn as Drawn), uses: null, isBound: false }, `new/${i}-${j}`),
        pools: within,
      })),
    ),
    hosts,
    waitingForOther: 0,
    isMeasured: true,
  }));

/** What holds of every decision, whatever carries it. */
export function judge(seen: ClusterSeen, carrier: Carrier): void {
  const decision = decided(seen, carrier);
  const then = after(seen, decision);
  const lines = propose(seen, carrier).pools;
  const counts = Object.fromEntries(then.pools.map(({ name, count }) => [name, count]));
  let grew = false;
  for (const { pool, now, proposed = now } of lines) {
    const before = seen.pools.find(({ name }) => name === pool);
    const later = then.pools.find(({ name }) => name === pool);
    expect(later?.count).toBe(proposed);
    expect(proposed).toBeGreaterThanOrEqual(before?.scale?.minimum ?? 0);
    expect(proposed).toBeLessThanOrEqual(before?.scale?.maximum ?? 0);
    grew ||= proposed > now;
    // Nobody is without a seat because a worker left, and no worker is asked for more than it has.
    const ran = before?.workers.flatMap(({ pods: on }) => on.map(({ name }) => name)) ?? [];
    const runs = later?.workers.flatMap(({ pods: on }) => on.map(({ name }) => name)) ?? [];
    expect(runs).toEqual(expect.arrayContaining(ran));
    for (const { pods: on } of later?.workers ?? []) {
      expect(asked(on).cpus).toBeLessThanOrEqual(room.cpus + 1e-6);
      expect(asked(on).memoryGiB).toBeLessThanOrEqual(room.memoryGiB + 1e-6);
      const apart = on.flatMap(({ apart: group }) => group ?? []);
      expect(new Set(apart).size).toBe(apart.length);
    }
    if (proposed >= now) continue;
    expect(before?.workers.slice(proposed).filter(({ keeps }) => keeps)).toEqual([]);
    const state = decision.pools.find(({ name }) => name === pool);
    expect(stranded(state?.workers ?? [], seen.hosts)).toEqual([]);
  }
  const { broken, beyond } = carrier(counts);
  if (grew) expect([broken, beyond]).toEqual([undefined, undefined]);
  expect(propose(then, carrier).pools.filter(({ now, proposed }) => now !== proposed)).toEqual([]);
}
