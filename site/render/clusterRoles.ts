import { yaml } from "./yaml";

/**
 * What `kubeadm init` grants in the phase of bootstrap tokens, of which there are none: API servers may use the kubelets' API, for
 * logs, exec and metrics.
 */
export function clusterRoles(): string {
  return yaml({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "kubeadm:apiserver-kubelet-client" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:kubelet-api-admin" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "kube-apiserver-kubelet-client" }],
  });
}
