import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import * as pulumi from "@pulumi/pulumi";
import type { SiteSpec } from "../site/description/spec";
import { bound } from "./namespaces/groups";

export interface PeopleArgs {
  access: NonNullable<SiteSpec["access"]>;
}

const read = ["get", "list", "watch"];

/** What Kubernetes' own role `view` leaves out because it lies in no namespace. */
const viewers = [
  {
    apiGroups: [""],
    resources: ["nodes", "persistentvolumes", "namespaces"],
    verbs: read,
  },
  { apiGroups: ["metrics.k8s.io"], resources: ["nodes", "pods"], verbs: read },
  { apiGroups: ["scheduling.k8s.io"], resources: ["priorityclasses"], verbs: read },
  { apiGroups: ["storage.k8s.io"], resources: ["storageclasses", "volumeattachments", "csinodes"], verbs: read },
];

/**
 * Cordon, drain, restart. No more: who may change a workload anywhere may run anything as any account, and who may exec
 * into a pod has what it has.
 */
const operators = [
  { apiGroups: [""], resources: ["nodes"], verbs: ["patch"] },
  { apiGroups: [""], resources: ["pods"], verbs: ["delete"] },
  { apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
];

/** What groups of people may do in the whole cluster (S11, W5). Nobody is an administrator: that is the operator's kubeconfig, for emergencies. */
export class People extends pulumi.ComponentResource {
  readonly ready: pulumi.Output<unknown>;

  constructor(name: string, { access }: PeopleArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:People", name, {}, opts);
    const child = { parent: this, dependsOn: opts.dependsOn };
    const role = (called: string, rules: typeof viewers) =>
      new ClusterRole(`${name}-${called}`, { metadata: { name: `groundwork:${called}` }, rules }, child);
    const bind = (called: string, to: string, groups: readonly string[]) =>
      groups.length > 0
        ? [
            new ClusterRoleBinding(
              `${name}-${called}`,
              { metadata: { name: `groundwork:${called}` }, ...bound(to, access.oidc.prefix, groups) },
              child,
            ),
          ]
        : [];
    const all = [...new Set([...access.viewers, ...access.operators])];
    const made = [
      role("viewers", viewers),
      role("operators", operators),
      ...bind("viewers-view", "view", all),
      ...bind("viewers-bound", "groundwork:viewers", all),
      ...bind("operators-bound", "groundwork:operators", access.operators),
    ];
    this.ready = pulumi.all(made.map(({ id }) => id));
    this.registerOutputs({});
  }
}
