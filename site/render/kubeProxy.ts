import type { SitePlan } from "../plan";
import { merged } from "./yaml";

/**
 * kube-proxy's configuration, installed by kubeadm as a DaemonSet. It authenticates with the token of its service account,
 * which the API server issues for each pod: there is no kube-proxy certificate to make or to renew (S1). nftables scales
 * with changes instead of with services.
 */
export function kubeProxyConfiguration(plan: SitePlan): object {
  return merged(
    {
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      kind: "KubeProxyConfiguration",
      mode: "nftables",
      clusterCIDR: plan.spec.network.podCidr,
    },
    plan.spec.kubernetes.kubeProxy,
  );
}
