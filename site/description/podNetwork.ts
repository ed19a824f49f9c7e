import type { PodNetwork, SiteSpec } from "./spec";

/** Whether NetworkPolicy objects have any effect. */
export function enforcesPolicies(network: PodNetwork): boolean {
  switch (network.kind) {
    case "routed":
      return network.enforcesNetworkPolicy ?? true;
    case "cilium":
      return true;
    case "manifest":
      return network.enforcesNetworkPolicy;
    case "none":
      return false;
    default:
      return network satisfies never;
  }
}

/** Whether kube-router is what enforces them. */
export function runsKubeRouter({ kubernetes: { podNetwork } }: SiteSpec): boolean {
  return podNetwork.kind === "routed" && enforcesPolicies(podNetwork);
}

/** What runs, as far as a setting that is left out stays as it is. */
export interface Standing {
  enforcesNetworkPolicy?: boolean;
}

/**
 * The pod network with what its description leaves out: a new site enforces policies, one that runs stays as it stands. One that an earlier
 * program brought up enforces nothing until its description says so, as policies that lie there would begin to hold.
 *
 * @param standing what runs; left out: nothing
 */
export function settledPodNetwork(network: PodNetwork, standing?: Standing): PodNetwork {
  const { enforcesNetworkPolicy = standing === undefined } = standing ?? {};
  return network.kind === "routed" ? { enforcesNetworkPolicy, ...network } : network;
}
