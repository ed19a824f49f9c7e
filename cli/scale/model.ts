/** What pods ask for, or a worker has for them. */
export interface Amounts {
  cpus: number;
  memoryGiB: number;
  /** How many pods. */
  pods: number;
}

export interface PodSeen {
  /** `namespace/name`. */
  name: string;
  requests: Amounts;
  /** What it uses now; left out where nobody measured it. */
  uses?: Omit<Amounts, "pods">;
  /** In a shortage it gives way to all others (a priority below zero), so nothing is kept ready for it. */
  givesWay: boolean;
  /** It runs on its node or nowhere, so that nothing elsewhere is kept ready for it. */
  isBound: boolean;
  /** Of pods with the same text here no two run on one node. */
  apart?: string;
}

/** A pod that waits for CPUs or memory, and the pools whose workers it may run on, in the description's order. */
export interface WaitingPod extends PodSeen {
  pools: string[];
}

export interface WorkerSeen {
  name: string;
  /** What it has for pods that are not on every node. */
  room: Amounts;
  pods: PodSeen[];
  /** Why it takes no pods: it is not Ready, or cordoned. */
  problem?: string;
  /** Why it cannot leave: what is on it, and nowhere else. */
  keeps?: string;
}

export interface PoolSeen {
  name: string;
  /** As described. */
  count: number;
  /** As described; without it nothing is proposed for the pool. */
  scale?: { minimum: number; maximum: number };
  /** Those that there are, in the order in which they were added. */
  workers: WorkerSeen[];
  /** What one more has for pods that are not on every node. */
  roomOfNew: Amounts;
}

/** A cluster at one moment, as far as a proposal needs it. Plain data. */
export interface ClusterSeen {
  /** In the description's order. */
  pools: PoolSeen[];
  waiting: WaitingPod[];
  /** How many hosts the site has: of a single one nothing is left. */
  hosts: number;
  /** Pods that wait for something else. */
  waitingForOther: number;
  /** Whether somebody measured what pods use. */
  isMeasured: boolean;
}

/** What the hosts make of some counts of pools. */
export interface Carried {
  /** The host of each worker, by pool, in the order in which they were added. */
  hosts: Record<string, string[]>;
  /** What the first mandatory rule says that these counts break and those of now do not. */
  broken?: string;
  /** Why these counts are more than the hosts carry without one of them. */
  beyond?: string;
}

/** Asks for counts by the pools' names. */
export type Carrier = (counts: Readonly<Record<string, number>>) => Carried;

export interface PoolProposal {
  pool: string;
  now: number;
  /** The same as `now` where nothing is proposed; left out where it could not be judged. */
  proposed?: number;
  why: string;
}

export interface Proposal {
  pools: PoolProposal[];
  notes: string[];
}
