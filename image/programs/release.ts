import type { Artifact } from "../build/artifact";
import { coredns, corednsBefore, etcd, etcdBefore, kubernetes, kubernetesBefore } from "./upstream";

/** What one machine image has in place of another's; all else is the same in every one. */
export interface Release {
  /** Its template's name in vCenter, unless the site names its own. */
  template: string;
  kubernetes: Artifact;
  etcd: Artifact;
  /** Every version whose image the machines hold. */
  coredns: Artifact[];
}

/** What a new site runs. */
export const currentRelease: Release = { template: "groundwork-node", kubernetes, etcd, coredns: [coredns] };

/** What a site is upgraded from. */
export const earlierRelease: Release = {
  template: "groundwork-node-1.36",
  kubernetes: kubernetesBefore,
  etcd: etcdBefore,
  coredns: [corednsBefore],
};

/** What it is upgraded to: pods of the earlier CoreDNS move to the new machines, and are replaced after the last one. */
export const upgradedRelease: Release = { ...currentRelease, coredns: [coredns, corednsBefore] };
