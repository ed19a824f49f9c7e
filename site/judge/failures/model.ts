import { DOMAIN_KINDS, type DomainKind, FAILURE_DOMAINS } from "../../description/failureDomains";

/** What can fail by itself. */
export type FailureKind = "machine" | "load-balancer" | "device" | "datastore" | "host" | DomainKind | "network";

export function isDomain(kind: string): kind is DomainKind {
  return (DOMAIN_KINDS as readonly string[]).includes(kind);
}

/** What people call it: `storage device`, `power feed`. */
export function failureTitle(kind: FailureKind): string {
  if (isDomain(kind)) return FAILURE_DOMAINS[kind].title;
  return kind === "device" ? "storage device" : kind.replace("-", " ");
}

/** Something that fails, and what that costs. */
export interface Failure {
  kind: FailureKind;
  /** The machine's, device's, host's … name. */
  id: string;
  /** etcd keeps a majority. */
  etcdQuorum: boolean;
  /** The store of events keeps a majority; left out where the site has none. */
  eventsQuorum?: boolean;
  /** The network add-on's store keeps a majority; left out where the site has none. */
  networkStoreQuorum?: boolean;
  apiReachable: boolean;
  /** A majority of etcd's disks is gone for good, and with it writes that were acknowledged. At worst: a host takes its local disks along. */
  dataLost: boolean;
  /** How many workers' volumes are gone for good, at worst, and how many are there and nobody reaches them; left out where no worker has any. */
  volumes?: { lost: number; away: number };
  /** A copy of the site's own registry is up, so that images can be pulled; left out where the site has none. */
  imagesServed?: boolean;
  /** Workers that still run and can be reached. */
  workersLeft: number;
  /** What those workers have for pods. */
  capacityLeft: { cpus: number; memoryGiB: number };
  /** What a person must do. */
  action: string;
}

/** Two things that fail together. */
export interface PairFailure extends Omit<Failure, "kind" | "id"> {
  first: { kind: FailureKind; id: string };
  second: { kind: FailureKind; id: string };
}

export type Cost = Omit<Failure, "kind" | "id" | "action">;

/** Something that can fail as a whole, and the machines it takes along. */
export interface Component {
  kind: FailureKind;
  id: string;
  /** Machines that stop, or that nobody can reach. */
  down: string[];
  /** Machines whose data disk is gone for good, at worst. */
  wiped: string[];
  /** Whether the API's endpoint goes with it. */
  endpoint?: boolean;
}
