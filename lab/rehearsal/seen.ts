import type { Cause, Promised } from "./row";

/** What happened when a failure was caused. */
export interface Seen {
  etcdQuorum: boolean;
  apiReachable: boolean;
  /** Acknowledged writes that are gone. */
  lostWrites: string[];
  workersLeft: number;
  /** Milliseconds without an acknowledged write through the endpoint, at most. */
  longestGap: number;
  acknowledged: number;
  /** Seconds until everything was healthy again, from the moment at which mending began. */
  wholeAfter: number;
}

/** How each promise that was broken reads, for a person; none if what happened is what the table says. */
export function brokenPromises(cause: Cause, promised: Promised, seen: Seen): string[] {
  const said = (what: string, good: string, bad: string, promise: boolean, was: boolean) =>
    promise === was ? [] : [`${what}: the table says ${promise ? good : bad}, it was ${was ? good : bad}`];
  // A program may outlive the disk below it: the table counts its machine as lost.
  const atLeast = cause === "device" || cause === "device gone" || cause === "full";
  const workers = atLeast ? seen.workersLeft >= promised.workersLeft : seen.workersLeft === promised.workersLeft;
  return [
    ...said("etcd", "a quorum", "no quorum", promised.etcdQuorum, seen.etcdQuorum),
    ...said("API", "reachable", "not reachable", promised.apiReachable, seen.apiReachable),
    ...(promised.dataLost || seen.lostWrites.length === 0
      ? []
      : [`data: the table says kept, ${seen.lostWrites.length} acknowledged writes are gone`]),
    ...(workers ? [] : [`workers: the table says ${promised.workersLeft} are left, ${seen.workersLeft} were`]),
  ];
}
