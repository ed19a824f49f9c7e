import type { MemberSeen } from "./seen";

/** Something that is not as it should be, and what a person does about it. */
export interface Need {
  what: string;
  run: string;
}

/** How a site is. Plain data: `--json` prints it. */
export interface Status {
  version: 1;
  site: string;
  stack: string;
  at: string;
  well: boolean;
  /** Whether the last `up` had the description that there is now. */
  isBroughtUp: boolean;
  /** What needs a person, the worst first. */
  needs: Need[];
  /** What no one must do anything about today. */
  notes: string[];
  machines: { name: string; role: string; host: string; address: string; is: string }[];
  members: ({ name: string } & (MemberSeen | { problem: string }))[];
  address?: { address: string; holders: string[] };
  kubernetes: string[];
  etcd: string[];
  certificate?: { id: string; expires: string; days: number };
  /** The date until which the site goes on with no `up`, and what ends first. */
  alone?: { until: string; first: string; days: number };
  backup: string;
  /** When the last backup was made, RFC 3339; left out where none is known. */
  lastBackup?: string;
  drill: string;
  /** When a drill last passed, RFC 3339; left out where the record is none of one that passed. */
  lastPassedDrill?: string;
  /** Failures that would now cost etcd, the API or data, beside what is down. */
  fatal: { kind: string; id: string; costs: string }[];
}
