import { setTimeout as sleep } from "node:timers/promises";
import { Traffic } from "../traffic";
import { cause } from "./fault";
import type { Row } from "./row";
import { brokenPromises, type Seen } from "./seen";
import type { Subject } from "./subject";

/** What came of a row. */
export interface Rehearsed {
  row: Row;
  /** Left out if it could not be caused. */
  seen?: Seen;
  /** What the table says and did not happen, and what went wrong besides. */
  broken: string[];
}

/** Seconds after which nothing that a failure may interrupt is interrupted any more. */
const interruption = 45;
/** Seconds that the site may take to be whole again. */
const recovery = 240;
/** Seconds that a failure lasts at least. */
const least = 4;
/** The API counts as answering when this many writes were acknowledged in the last seconds. */
const steady = { writes: 10, seconds: 2 };

/** Causes one failure after another while a writer and a reader use the API, and tells what came of each as it is known. */
export async function rehearse(
  subject: Subject,
  rows: readonly Row[],
  onRow: (rehearsed: Rehearsed) => void,
): Promise<Rehearsed[]> {
  await subject.healthy(recovery);
  const traffic = await Traffic.start(subject.kubeconfig);
  const all: Rehearsed[] = [];
  try {
    for (const row of rows) {
      const rehearsed = row.cause === "none" ? { row, broken: [] } : await rehearseRow(subject, traffic, row);
      all.push(rehearsed);
      onRow(rehearsed);
      if (rehearsed.seen === undefined && rehearsed.broken.length > 0) break; // the site is not whole: no further harm
    }
  } finally {
    await traffic.stop();
  }
  return all;
}

async function rehearseRow(subject: Subject, traffic: Traffic, row: Row): Promise<Rehearsed> {
  await traffic.lap();
  try {
    const fault = await cause(subject, row);
    let during: Pick<Seen, "etcdQuorum" | "apiReachable" | "workersLeft">;
    let mended: number;
    try {
      during = await observed(subject, traffic, row);
    } finally {
      mended = Date.now();
      await fault.mend();
    }
    await subject.healthy(recovery);
    const wholeAfter = (Date.now() - mended) / 1000;
    const { acknowledged, longestWriteGap, lost } = await traffic.lap();
    const seen = { ...during, acknowledged, longestGap: longestWriteGap, lostWrites: lost, wholeAfter };
    return { row, seen, broken: brokenPromises(row.cause, row.promised, seen) };
  } catch (error) {
    return { row, broken: [error instanceof Error ? error.message : String(error)] };
  }
}

/** What holds while it is broken: after the interruption that is over by itself, or when its time is up. */
async function observed(
  subject: Subject,
  traffic: Traffic,
  { down, promised }: Row,
): Promise<Pick<Seen, "etcdQuorum" | "apiReachable" | "workersLeft">> {
  const begun = Date.now();
  const members = subject.machines("etcd");
  const asked = members.find(({ name }) => !down.includes(name)) ?? members[0];
  if (!asked) throw new Error("etcd: the site has no member");
  const end = begun + interruption * 1000;
  await sleep(least * 1000 - steady.seconds * 1000);
  const [etcdQuorum, apiReachable] = await Promise.all([
    eventually(end, () => subject.takesWrite(asked)),
    eventually(end, async () => {
      const before = traffic.acknowledged;
      await sleep(steady.seconds * 1000);
      return traffic.acknowledged - before >= steady.writes;
    }),
  ]);
  let workersLeft = 0;
  // A kubelet whose connection was cut without a word notices after 45 seconds at worst; it asks the API who may ask it.
  if (apiReachable)
    await eventually(end + 15_000, async () => {
      workersLeft = Math.max(workersLeft, await subject.workersLeft());
      return workersLeft >= promised.workersLeft;
    });
  return { etcdQuorum, apiReachable, workersLeft };
}

async function eventually(end: number, ask: () => Promise<boolean>): Promise<boolean> {
  do {
    if (await ask()) return true;
    await sleep(200);
  } while (Date.now() < end);
  return false;
}
