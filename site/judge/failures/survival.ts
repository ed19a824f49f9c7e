import type { Facts } from "../../facts/model";
import { singleFailures } from "../failures";
import type { Failure, FailureKind } from "./model";

/** A single failure, and what it costs before and after. */
export interface FailureChange {
  kind: FailureKind;
  id: string;
  before?: Failure;
  after?: Failure;
  worse: boolean;
}

/** What a change costs that a single failure did not cost before, a sentence each; nothing if all is as it was, or better. */
export function lossesOf(before: Facts, after: Facts): string[] {
  return changesOf(singleFailures(before), singleFailures(after)).flatMap(lossOf);
}

/** What is no longer survived. */
export function lossOf({ kind, id, before, after, worse }: FailureChange): string[] {
  return worse ? [`${kind} ${id} can no longer fail: ${costs(before, after)}`] : [];
}

export function changesOf(was: readonly Failure[], is: readonly Failure[]): FailureChange[] {
  const key = ({ kind, id }: Failure) => `${kind} ${id}`;
  const [before, after] = [was, is].map((failures) => new Map(failures.map((f) => [key(f), f])));
  return [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].flatMap((name): FailureChange[] => {
    const [earlier, later] = [before?.get(name), after?.get(name)];
    const { kind, id } = (later ?? earlier) as Failure;
    const [less, more] = [keptBy(earlier), keptBy(later)];
    if (later === undefined || JSON.stringify(less) === JSON.stringify(more)) return [];
    const worse = less.some((kept, i) => kept && !more[i]);
    // A failure of something new is a change only if it costs something.
    if (earlier === undefined && !worse) return [];
    return [{ kind, id, ...(earlier && { before: earlier }), after: later, worse }];
  });
}

/** What a failure leaves; something that is not there cannot fail. */
function keptBy(failure: Failure | undefined): boolean[] {
  return failure === undefined
    ? [true, true, true, true]
    : [failure.etcdQuorum, failure.apiReachable, !failure.dataLost, failure.eventsQuorum !== false];
}

type Kept = { etcdQuorum: boolean; apiReachable: boolean; dataLost: boolean; eventsQuorum?: boolean };

function costs(before: Kept | undefined, after: Kept | undefined): string {
  const lost = [
    after?.etcdQuorum === false && before?.etcdQuorum !== false ? "etcd loses quorum" : "",
    after?.apiReachable === false && before?.apiReachable !== false ? "the API is down" : "",
    after?.dataLost && !before?.dataLost ? "a majority of etcd's disks is lost" : "",
    after?.eventsQuorum === false && before?.eventsQuorum !== false ? "the store of events loses quorum" : "",
  ];
  return lost.filter(Boolean).join(", ");
}
