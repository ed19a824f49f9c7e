import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import * as pulumi from "@pulumi/pulumi";
import { GROUP_ROLES } from "../site/description/schema/access";
import type { NamespaceSpec } from "../site/description/spec";
import { bound } from "./namespaces/groups";
import { NamespaceLimits } from "./namespaces/NamespaceLimits";
import { PriorityClasses } from "./namespaces/PriorityClasses";

export interface NamespacesArgs {
  namespaces: readonly NamespaceSpec[];
  /** What Kubernetes puts before groups' names; none where people cannot sign in. */
  prefix?: string;
}

/** The namespaces of those who share the cluster: each with its limits, and priorities that say whose pods a shortage takes first. */
export class Namespaces extends pulumi.ComponentResource {
  /** Known once all of them are made. */
  readonly ready: pulumi.Output<unknown>;

  constructor(name: string, { namespaces, prefix = "" }: NamespacesArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:Namespaces", name, {}, opts);
    const child = { parent: this, dependsOn: opts.dependsOn };
    const priorities = new PriorityClasses(`${name}-priorities`, {}, child);
    const made = namespaces.map((spec) => {
      const namespace = new Namespace(
        `${name}-${spec.name}`,
        { metadata: { name: spec.name, labels: podSecurityLabels(spec) } },
        // Nothing that may hold data is deleted because a line of a description is.
        { ...child, retainOnDelete: true },
      );
      const limits = new NamespaceLimits(`${name}-${spec.name}-limits`, { spec, namespace }, { parent: this });
      const bindings = GROUP_ROLES.filter((role) => spec.groups[role].length > 0).map(
        (role) =>
          new RoleBinding(
            `${name}-${spec.name}-${role}`,
            { metadata: { name: `groups-${role}`, namespace: spec.name }, ...bound(role, prefix, spec.groups[role]) },
            { parent: this, dependsOn: [namespace] },
          ),
      );
      return pulumi.all([namespace.id, limits.ready, ...bindings.map(({ id }) => id)]);
    });
    this.ready = pulumi.all([priorities.ready, ...made]);
    this.registerOutputs({});
  }
}

/** What is refused, and what is only told: everything below `restricted`. */
function podSecurityLabels({ podSecurity }: NamespaceSpec): Record<string, string> {
  const label = (mode: string, level: string) => ({
    [`pod-security.kubernetes.io/${mode}`]: level,
    [`pod-security.kubernetes.io/${mode}-version`]: "latest",
  });
  return { ...label("enforce", podSecurity), ...label("audit", "restricted"), ...label("warn", "restricted") };
}
