import type { Repair } from "../file/schema";
import type { Watch } from "../rollout/work";

export type RepairKind = Repair["what"][number];

/** What a look at a site came to. It is kept by Temporal and told to a webhook: no secret may be in it. */
export interface Finding {
  site: string;
  /** When it was looked at, ISO 8601. */
  at: string;
  /** `unseen`: nobody could look. */
  is: "as described" | "found" | "unseen";
  /** What is not as it was described, or why nobody could look; a sentence each. */
  what: string[];
  /** What of it an `up` would mend; left out: nothing. */
  mends?: RepairKind[];
}

/** A site that is watched. */
export interface WatchedSite {
  name: string;
  labels: Record<string, string>;
}

/** What is done to watch sites. Nothing of it changes a living one. Each may be called again after a crash. */
export interface WatchWork {
  /** The sites that there are now. */
  sites(): Promise<WatchedSite[]>;
  /** Looks at a site: asks its hypervisor and its machines, and compares. */
  look(site: string, watch: Watch): Promise<Finding>;
  /** Keeps what was found for `fleet status`. @returns what is other than at the last look */
  keep(findings: readonly Finding[]): Promise<Finding[]>;
  /** Tells the owner's webhook, if there is one. @throws Error with the reason if it refuses, for it to be tried again */
  tell(findings: readonly Finding[]): Promise<void>;
  /** Starts a rollout that mends these sites, if the fleet's file says so and none runs; what became of it is kept for `fleet status`. */
  repair(sites: readonly string[]): Promise<void>;
  /** Restores a site's newest backup beside it. @throws Error if that failed */
  drill(site: string, watch: Watch): Promise<void>;
}
