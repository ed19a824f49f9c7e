import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type * as pulumi from "@pulumi/pulumi";
import { FLUX_APPLIES_AS, FLUX_NAMESPACE as namespace } from "../../../site/description/flux";
import { APPLIED, SOURCE_KINDS, SOURCES } from "./definitions";
import { CREDENTIALS } from "./repository";
import { CONTROLLERS, type Controller } from "./workloads";

const rule = (apiGroup: string, resources: string[], verbs: string[], resourceNames?: string[]) => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
  ...(resourceNames && { resourceNames }),
});
const read = ["get", "list", "watch"];
const sources = SOURCE_KINDS.map(([, plural]) => plural);
const status = (plurals: readonly string[]) => plurals.map((plural) => `${plural}/status`);

/** What both do: tell of what they do, and have one of their kind at work. */
const common = (controller: Controller) => [
  rule("", ["events"], ["create", "patch"]),
  rule("coordination.k8s.io", ["leases"], ["create"]),
  rule("coordination.k8s.io", ["leases"], ["get", "update", "patch"], [`${controller}-leader-election`]),
];

/** In its own namespace, which is all that there is for them: one Secret is read, nothing of workloads is written, and one account borrowed. */
const RULES: Record<Controller, ReturnType<typeof rule>[]> = {
  "source-controller": [
    ...common("source-controller"),
    rule(SOURCES, sources, [...read, "patch", "update"]),
    rule(SOURCES, status(sources), ["get", "patch", "update"]),
    rule("", ["secrets"], ["get"], [CREDENTIALS]),
  ],
  "kustomize-controller": [
    ...common("kustomize-controller"),
    rule(SOURCES, sources, read),
    rule(APPLIED, ["kustomizations"], [...read, "patch", "update"]),
    rule(APPLIED, ["kustomizations/status"], ["get", "patch", "update"]),
    rule("", ["serviceaccounts"], ["impersonate"], [FLUX_APPLIES_AS]),
  ],
};

/** Least privilege of the two controllers, each with an account of its own. */
export function fluxAccess(named: (suffix: string) => string, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  return CONTROLLERS.flatMap((name) => {
    const metadata = { name, namespace };
    const subjects = [{ kind: "ServiceAccount", name, namespace }];
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name };
    return [
      new ServiceAccount(named(`${name}-account`), { metadata, automountServiceAccountToken: false }, opts),
      new Role(named(`${name}-role`), { metadata, rules: RULES[name] }, opts),
      new RoleBinding(named(`${name}-binding`), { metadata, roleRef, subjects }, opts),
    ];
  });
}
