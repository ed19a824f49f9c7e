import type { Artifact } from "../toolchain/artifact";
import { etcd, etcdBefore, kubernetes, kubernetesBefore, pause } from "./upstream";

/** What one machine image has in place of another's; all else is the same in every one. */
export interface Release {
  /** Its template's name in vCenter, unless the site names its own. */
  template: string;
  kubernetes: Artifact;
  etcd: Artifact;
  /** The tags of `pause` that kubeadm and containerd ask for. */
  pauseTags: string[];
}

/** What a new site runs. */
export const currentRelease: Release = { template: "groundwork-node", kubernetes, etcd, pauseTags: [pause.version] };

/** What a site is upgraded from; kubeadm 1.35 looks for another tag of `pause` than containerd is told. */
export const earlierRelease: Release = {
  template: "groundwork-node-1.35",
  kubernetes: kubernetesBefore,
  etcd: etcdBefore,
  pauseTags: ["3.10.1", pause.version],
};
