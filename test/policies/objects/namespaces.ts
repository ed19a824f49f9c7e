import type { Props } from "../../support/demoStack";
import { type ObjectBreakage, object } from "./resources";

const namespace = (metadata: Props = {}) => object("Namespace", { metadata: { name: "shop", ...metadata } });
const inShop = (kind: string, spec: Props, group?: string) =>
  object(kind, { metadata: { name: kind.toLowerCase(), namespace: "shop" }, spec }, kind.toLowerCase(), group);
const deny = inShop("NetworkPolicy", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }, "networking.k8s.io/v1");
const rbac = "rbac.authorization.k8s.io/v1";
const binding = (name: string) =>
  object(
    "ClusterRoleBinding",
    {
      metadata: { name: "it" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "Group", name: "devs", apiGroup: "rbac.authorization.k8s.io" }],
    },
    "it",
    rbac,
  );
const role = (verbs: string[]) =>
  object(
    "ClusterRole",
    { metadata: { name: "it" }, rules: [{ apiGroups: ["*"], resources: ["*"], verbs }] },
    "it",
    rbac,
  );

export const namespaceBreakages: ObjectBreakage[] = [
  {
    rule: "namespace-default-deny",
    sound: [namespace(), deny],
    broken: [
      namespace(),
      inShop("NetworkPolicy", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] }, "networking.k8s.io/v1"),
    ],
    says: "it: in namespace shop every pod reaches every pod; add a NetworkPolicy with podSelector: {} and both policyTypes, and allow what is needed beside it",
  },
  {
    rule: "namespace-quota",
    sound: [namespace(), inShop("ResourceQuota", { hard: { pods: "10" } }), inShop("LimitRange", { limits: [] })],
    broken: [namespace(), inShop("ResourceQuota", { hard: { pods: "10" } })],
    says: "it: namespace shop has no LimitRange; add both",
  },
  {
    rule: "namespace-pod-security",
    sound: [namespace()],
    broken: [namespace({ labels: { "pod-security.kubernetes.io/enforce": "privileged" } })],
    says: "it: namespace shop lets privileged pods in; leave the label pod-security.kubernetes.io/enforce out, or set it to baseline or restricted",
  },
  {
    rule: "rbac-administrators",
    sound: [binding("view")],
    broken: [binding("cluster-admin")],
    says: "it: cluster-admin is bound to Group devs; bind a role with what is needed; or name the subject in the parameter `subjects`",
  },
  {
    rule: "rbac-wildcards",
    sound: [role(["get"])],
    broken: [role(["*"])],
    says: "it: the role allows everything on everything; name the resources and verbs that are needed",
  },
];
