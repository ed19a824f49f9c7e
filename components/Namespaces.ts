import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import * as pulumi from "@pulumi/pulumi";
import type { NamespaceSpec } from "../site/description/spec";
import { NamespaceLimits } from "./namespaces/NamespaceLimits";
import { PriorityClasses } from "./namespaces/PriorityClasses";

export interface NamespacesArgs {
  namespaces: readonly NamespaceSpec[];
}

/** The namespaces of those who share the cluster: each with its limits, and priorities that say whose pods a shortage takes first. */
export class Namespaces extends pulumi.ComponentResource {
  /** Known once all of them are made. */
  readonly ready: pulumi.Output<unknown>;

  constructor(name: string, { namespaces }: NamespacesArgs, opts: pulumi.ComponentResourceOptions) {
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
      return pulumi.all([namespace.id, limits.ready]);
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
