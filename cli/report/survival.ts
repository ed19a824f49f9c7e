import type { Facts } from "../../site/facts/model";
import { singleFailures } from "../../site/judge/failures";
import type { Failure, FailureKind } from "../../site/judge/failures/model";
import { changesOf, type FailureChange } from "../../site/judge/failures/survival";
import { type Rank, rankOf } from "../../site/judge/rank";

export interface Survival {
  /** How many failures of a kind are survived, of how many. */
  kinds: { kind: FailureKind; before?: Survived; after?: Survived }[];
  /** Failures whose cost to etcd, the API or the data changes. */
  changes: FailureChange[];
}

export interface Survived {
  of: number;
  etcd: number;
  api: number;
  data: number;
}

export function survivalOf(before: Facts | undefined, after: Facts | undefined): Survival {
  const [was, is] = [before, after].map((facts) => (facts ? singleFailures(facts) : []));
  const kinds = [...new Set([...(is ?? []), ...(was ?? [])].map(({ kind }) => kind))];
  return {
    kinds: kinds.map((kind) => ({
      kind,
      ...(before && { before: survived(was, kind) }),
      ...(after && { after: survived(is, kind) }),
    })),
    changes: before && after ? changesOf(was ?? [], is ?? []) : [],
  };
}

function survived(failures: readonly Failure[] = [], kind: FailureKind): Survived {
  const those = failures.filter((failure) => failure.kind === kind);
  return {
    of: those.length,
    etcd: those.filter((f) => f.etcdQuorum).length,
    api: those.filter((f) => f.apiReachable).length,
    data: those.filter((f) => !f.dataLost).length,
  };
}

export interface RankChange {
  before?: Rank;
  after?: Rank;
}

export function rankChange(before: Facts | undefined, after: Facts | undefined): RankChange {
  return { ...(before && { before: rankOf(before) }), ...(after && { after: rankOf(after) }) };
}

/** What is left for pods when a host fails. */
export interface HostLoss {
  host: string;
  before?: { workers: number; cpus: number; memoryGiB: number };
  after?: { workers: number; cpus: number; memoryGiB: number };
}

export function hostLosses(before: Facts | undefined, after: Facts | undefined): HostLoss[] {
  const losses = (facts: Facts | undefined) =>
    new Map(
      (facts ? singleFailures(facts) : [])
        .filter(({ kind }) => kind === "host")
        .map(({ id, workersLeft, capacityLeft }) => [id, { workers: workersLeft, ...capacityLeft }] as const),
    );
  const [was, is] = [losses(before), losses(after)];
  return [...new Set([...was.keys(), ...is.keys()])].sort().map((host) => {
    const [earlier, later] = [was.get(host), is.get(host)];
    return { host, ...(earlier && { before: earlier }), ...(later && { after: later }) };
  });
}
