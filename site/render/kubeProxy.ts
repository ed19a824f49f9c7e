import type { SitePlan } from "../plan";
import { merged } from "./yaml";

/**
 * kube-proxy's configuration, installed by kubeadm as a DaemonSet. It authenticates with the token of its service account,
 * which the API server issues for each pod: there is no kube-proxy certificate to make or to renew (S1). Its mode is
 * iptables: in nftables mode, with Debian 12's nft 1.0.6, a restarted kube-proxy deletes the rules it has just made.
 */
export function kubeProxyConfiguration(plan: SitePlan): object {
  return merged(
    {
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      kind: "KubeProxyConfiguration",
      mode: "iptables",
      clusterCIDR: plan.spec.network.podCidr,
    },
    plan.spec.kubernetes.kubeProxy,
  );
}
