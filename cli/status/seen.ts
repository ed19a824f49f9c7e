import type { Place } from "../../sdks/vcenter/places";
import type { Facts } from "../../site/facts/model";
import type { Lasting } from "../../site/life/alone";
import type { OverfullQuota } from "./quotas";

/** What a machine said of itself, or why it said nothing. */
export type MachineSeen = { answers: false; problem: string } | ({ answers: true } & MachineSaid);

export interface MachineSaid {
  /** A member of a store, as etcd on it says. */
  member?: MemberSeen | { problem: string };
  /** A load balancer: whether it has the virtual address now. */
  holdsAddress?: boolean;
  /** Services that should run here and do not. */
  stopped: string[];
  /** Whether the KMS plugin of a control plane answers; left out where none is described, or the API server does not tell. */
  kmsAnswers?: boolean;
  /** What a member knows of the backups; left out where it knows nothing. */
  backup?: { time: string | null; failed?: string };
  /** Alerts that fire, by a control plane of a site that is watched; left out where it does not tell. */
  alerts?: AlertSeen[];
}

/** An alert that fires, as a control plane of a site that is watched tells it. */
export interface AlertSeen {
  name: string;
  isCritical: boolean;
  summary: string;
  /** The chapter of the runbook with what to do. */
  chapter: string;
}

export interface MemberSeen {
  id: string;
  /** The id of the member that leads; `0` while there is none. */
  leader: string;
  version: string;
  bytes: number;
  /** Milliseconds within which 99 of 100 writes of its log were on the disk, since it started; left out where none are known. */
  fsyncMs?: number;
  /** The same of its disk alone, measured before etcd first started on it; left out where it was not measured. */
  qualifiedMs?: number;
  learner: boolean;
  errors: string[];
}

export interface NodeSeen {
  name: string;
  ready: boolean;
  version: string;
  cordoned: boolean;
}

/** Everything that is asked of a site, at one moment. Plain data, with no secret in it. */
export interface SiteSeen {
  stack: string;
  site: string;
  /** RFC 3339. */
  at: string;
  endpoint: string;
  /** Where load balancers of the site hold one. */
  address?: string;
  /** Of the machines that stand. */
  facts: Facts;
  kubernetes: string;
  /** By the API through its endpoint; or why not. */
  nodes: NodeSeen[] | { problem: string };
  /** Of the machines that are asked by SSH; of large sites all but workers, whom the API knows. */
  machines: Record<string, MachineSeen>;
  /** Where vCenter has them, or why it does not tell; left out for a site without one. */
  places?: Place[] | { problem: string };
  /** Quotas that were made smaller than what runs; left out where none are described. */
  quotas?: OverfullQuota[];
  /** Milliseconds that 99 of 100 writes to members' disks took before etcd first started, by the member's name. */
  qualified: Record<string, number>;
  /** Datastores that several hosts see. */
  shared: string[];
  certificates: Lasting[];
  /** Hours that the last backup may be old; left out where none are described. */
  backupHours?: number;
  drill?: { time: string; passed: boolean };
  /** What is described and was never brought up. */
  undone: string[];
  /** An `up` is asked for in the last so many days of the site's time alone. */
  noticeDays: number;
}
