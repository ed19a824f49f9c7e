import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type * as pulumi from "@pulumi/pulumi";
import { VOLUMES_NAMESPACE as namespace } from "../../../site/description/localVolumes";

export const ACCOUNT = "local-path-provisioner";

const rule = (apiGroup: string, resources: string[], verbs: string[]) => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});
const read = ["get", "list", "watch"];

/** In the whole cluster: claims and their classes are read, volumes made and taken away. No Secret, and nothing of workloads. */
const CLUSTER = [
  rule("", ["persistentvolumeclaims"], read),
  rule("", ["persistentvolumes"], [...read, "create", "delete"]),
  rule("storage.k8s.io", ["storageclasses"], read),
  rule("", ["nodes"], ["get"]),
  rule("", ["events"], ["create", "patch"]),
];

/** In its own namespace: its helpers, which may write to a worker's disk. */
const NAMESPACE = [rule("", ["pods"], ["get", "create", "delete"]), rule("", ["pods/log"], ["get"])];

/** Least privilege of what gives claims their volumes. Its helpers carry no token. */
export function localVolumesAccess(
  named: (suffix: string) => string,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const subjects = [{ kind: "ServiceAccount", name: ACCOUNT, namespace }];
  const apiGroup = "rbac.authorization.k8s.io";
  const clusterRole = `${namespace}:provisioner`;
  const metadata = { name: ACCOUNT, namespace };
  return [
    new ServiceAccount(named("account"), { metadata, automountServiceAccountToken: false }, opts),
    new ClusterRole(named("cluster-role"), { metadata: { name: clusterRole }, rules: CLUSTER }, opts),
    new ClusterRoleBinding(
      named("cluster-binding"),
      { metadata: { name: clusterRole }, roleRef: { apiGroup, kind: "ClusterRole", name: clusterRole }, subjects },
      opts,
    ),
    new Role(named("role"), { metadata, rules: NAMESPACE }, opts),
    new RoleBinding(named("binding"), { metadata, roleRef: { apiGroup, kind: "Role", name: ACCOUNT }, subjects }, opts),
  ];
}
