import { MONITORING_USER } from "../pki/certificates";
import type { SitePlan } from "../plan/model";
import { yaml } from "./yaml";

const RBAC = "rbac.authorization.k8s.io";
const apiVersion = `${RBAC}/v1`;

/**
 * What `kubeadm init` grants in the phase of bootstrap tokens, of which there are none: API servers may use the kubelets' API, for
 * logs, exec and metrics. And what watches the site may ask for metrics, where it is watched.
 */
export function clusterRoles(plan: SitePlan): string {
  return yaml(
    {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name: "kubeadm:apiserver-kubelet-client" },
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "system:kubelet-api-admin" },
      subjects: [{ apiGroup: RBAC, kind: "User", name: "kube-apiserver-kubelet-client" }],
    },
    ...(plan.spec.addons.monitoring ? monitoringRoles() : []),
  );
}

/** Metrics of everybody, and where CoreDNS' pods are; nothing else. */
function monitoringRoles(): object[] {
  const labels = { "k8s-app": "groundwork-monitoring", "app.kubernetes.io/managed-by": "groundwork" };
  const name = "groundwork:monitoring";
  const subjects = [{ apiGroup: RBAC, kind: "User", name: MONITORING_USER }];
  const named = (namespace?: string) => ({ name, ...(namespace && { namespace }), labels });
  return [
    {
      apiVersion,
      kind: "ClusterRole",
      metadata: named(),
      rules: [
        { nonResourceURLs: ["/metrics", "/metrics/resources"], verbs: ["get"] },
        { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      ],
    },
    {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: named(),
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name },
      subjects,
    },
    {
      apiVersion,
      kind: "Role",
      metadata: named("kube-system"),
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
    },
    {
      apiVersion,
      kind: "RoleBinding",
      metadata: named("kube-system"),
      roleRef: { apiGroup: RBAC, kind: "Role", name },
      subjects,
    },
  ];
}
