import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type * as pulumi from "@pulumi/pulumi";
import { METALLB_NAMESPACE as namespace } from "../../../site/description/metalLb";
import { GROUP } from "./definitions";

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const rule = (group: string, resources: string[], verbs: string[]): Rule => ({ apiGroups: [group], resources, verbs });
const read = ["get", "list", "watch"];
const own = [...read, "create", "update", "patch", "delete"];
const told = rule("", ["events"], ["create", "patch"]);

/** In the whole cluster: Services and what they need, nothing of workloads, and no Secret. */
const CLUSTER: Record<string, Rule[]> = {
  controller: [
    rule("", ["services", "namespaces"], read),
    rule("", ["services/status"], ["update"]),
    told,
    rule(GROUP, ["configurationstates", "configurationstates/status"], own),
  ],
  speaker: [
    rule("", ["services", "namespaces", "nodes"], read),
    rule("discovery.k8s.io", ["endpointslices"], read),
    told,
    rule(GROUP, ["configurationstates", "configurationstates/status"], own),
    rule(GROUP, ["servicel2statuses", "servicel2statuses/status"], own),
  ],
};

/** In its own namespace: what it is configured by. A speaker waits until it has read the Secrets there, of which it has one. */
const NAMESPACE: Record<string, Rule[]> = {
  controller: [
    rule("", ["pods"], ["get"]),
    rule(GROUP, ["ipaddresspools", "communities"], read),
    rule(GROUP, ["ipaddresspools/status"], ["update"]),
  ],
  speaker: [
    rule("", ["pods"], ["get", "list"]),
    rule("", ["secrets", "configmaps"], read),
    rule(
      GROUP,
      ["bfdprofiles", "bgppeers", "bgpadvertisements", "l2advertisements", "ipaddresspools", "communities"],
      read,
    ),
    rule(GROUP, ["servicebgpstatuses", "servicebgpstatuses/status"], own),
  ],
};

/** Least privilege of the controller and of speakers, each with an account of its own. */
export function metalLbAccess(
  named: (suffix: string) => string,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  return ["controller", "speaker"].flatMap((part) => {
    const subjects = [{ kind: "ServiceAccount", name: part, namespace }];
    const apiGroup = "rbac.authorization.k8s.io";
    const clusterRole = `${namespace}:${part}`;
    return [
      new ServiceAccount(named(`${part}-account`), { metadata: { name: part, namespace } }, opts),
      new ClusterRole(
        named(`${part}-cluster-role`),
        { metadata: { name: clusterRole }, rules: CLUSTER[part] ?? [] },
        opts,
      ),
      new ClusterRoleBinding(
        named(`${part}-cluster-binding`),
        { metadata: { name: clusterRole }, roleRef: { apiGroup, kind: "ClusterRole", name: clusterRole }, subjects },
        opts,
      ),
      new Role(named(`${part}-role`), { metadata: { name: part, namespace }, rules: NAMESPACE[part] ?? [] }, opts),
      new RoleBinding(
        named(`${part}-binding`),
        { metadata: { name: part, namespace }, roleRef: { apiGroup, kind: "Role", name: part }, subjects },
        opts,
      ),
    ];
  });
}
