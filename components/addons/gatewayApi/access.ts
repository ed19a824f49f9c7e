import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type * as pulumi from "@pulumi/pulumi";
import { CERT_MANAGER_NAMESPACE, TRAEFIK_NAMESPACE } from "../../../site/description/gatewayApi";
import { ACME, CERTIFICATES, GATEWAYS } from "./definitions";

const rule = (apiGroup: string, resources: string[], verbs: string[]) => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});
const read = ["get", "list", "watch"];
const write = ["create", "update", "patch", "delete"];
/** What people who run workloads say of how they are reached; Gateways, with names and certificates for all, are the operator's. */
const routes = ["httproutes", "grpcroutes", "tlsroutes", "referencegrants", "backendtlspolicies"];
const states = (plurals: readonly string[]) => plurals.map((plural) => `${plural}/status`);

interface Account {
  name: string;
  namespace: string;
  /** In the whole cluster, and in each namespace of the description. */
  cluster: ReturnType<typeof rule>[];
  each: ReturnType<typeof rule>[];
}

/** Who answers reads Secrets where its Gateways may lie, and nowhere else: not the key that issues certificates. */
const TRAEFIK: Account = {
  name: "traefik",
  namespace: TRAEFIK_NAMESPACE,
  cluster: [
    rule("", ["namespaces"], read),
    rule(GATEWAYS, ["gatewayclasses"], read),
    rule(GATEWAYS, ["gatewayclasses/status"], ["update"]),
  ],
  each: [
    rule("", ["services", "secrets", "configmaps"], read),
    rule("discovery.k8s.io", ["endpointslices"], read),
    rule(GATEWAYS, ["gateways", ...routes], read),
    rule(GATEWAYS, states(["gateways", "httproutes", "grpcroutes", "tlsroutes", "backendtlspolicies"]), ["update"]),
  ],
};

/** cert-manager looks at Secrets of all namespaces, or would not start; it writes in the description's alone, and nobody reaches it. */
const CERT_MANAGER: Account = {
  name: "cert-manager",
  namespace: CERT_MANAGER_NAMESPACE,
  cluster: [
    rule("", ["secrets"], read),
    rule("", ["events"], ["create", "patch"]),
    rule(CERTIFICATES, ["certificates", "certificaterequests", "issuers", "clusterissuers"], read),
    rule(CERTIFICATES, ["clusterissuers/status"], ["update", "patch"]),
    rule(ACME, ["orders", "challenges"], read),
    rule(GATEWAYS, ["gateways"], read),
  ],
  each: [
    rule("", ["secrets"], write),
    rule(CERTIFICATES, ["certificates", "certificaterequests"], write),
    rule(CERTIFICATES, [...states(["certificates", "certificaterequests"])], ["update", "patch"]),
    rule(CERTIFICATES, ["certificates/finalizers", "certificaterequests/finalizers"], ["update"]),
    rule(GATEWAYS, ["gateways/finalizers"], ["update"]),
  ],
};

type Options = pulumi.CustomResourceOptions;

/** Least privilege of both, each with an account of its own; and what namespaces' own people may say of routes. */
export function gatewayAccess(
  named: (suffix: string) => string,
  namespaces: readonly string[],
  homes: Readonly<Record<string, Options>>,
): pulumi.Resource[] {
  return [
    ...[TRAEFIK, CERT_MANAGER].flatMap((account) =>
      accountAccess(named, account, namespaces, homes[account.namespace] ?? {}),
    ),
    ...people(named, homes[TRAEFIK_NAMESPACE] ?? {}),
  ];
}

function accountAccess(
  named: (suffix: string) => string,
  { name, namespace, cluster, each }: Account,
  namespaces: readonly string[],
  opts: Options,
): pulumi.Resource[] {
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const roleRef = (role: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role });
  const [own, inEach] = [`groundwork:${name}`, `groundwork:${name}-in-namespace`];
  return [
    new ServiceAccount(
      named(`${name}-account`),
      { metadata: { name, namespace }, automountServiceAccountToken: false },
      opts,
    ),
    new ClusterRole(named(`${name}-cluster-role`), { metadata: { name: own }, rules: cluster }, opts),
    new ClusterRoleBinding(
      named(`${name}-cluster-binding`),
      { metadata: { name: own }, roleRef: roleRef(own), subjects },
      opts,
    ),
    new ClusterRole(named(`${name}-role`), { metadata: { name: inEach }, rules: each }, opts),
    ...namespaces.map(
      (space) =>
        new RoleBinding(
          named(`${name}-in-${space}`),
          { metadata: { name, namespace: space }, roleRef: roleRef(inEach), subjects },
          opts,
        ),
    ),
  ];
}

/** Kubernetes' own roles for people in namespaces have them. */
function people(named: (suffix: string) => string, opts: Options): pulumi.Resource[] {
  const to = (role: string) => ({ [`rbac.authorization.k8s.io/aggregate-to-${role}`]: "true" });
  return [
    new ClusterRole(
      named("routes-edit"),
      {
        metadata: { name: "groundwork:routes-edit", labels: { ...to("edit"), ...to("admin") } },
        rules: [rule(GATEWAYS, routes, write)],
      },
      opts,
    ),
    new ClusterRole(
      named("routes-view"),
      {
        metadata: { name: "groundwork:routes-view", labels: { ...to("view"), ...to("edit"), ...to("admin") } },
        rules: [
          rule(GATEWAYS, ["gateways", ...routes], read),
          rule(CERTIFICATES, ["certificates", "certificaterequests"], read),
        ],
      },
      opts,
    ),
  ];
}
