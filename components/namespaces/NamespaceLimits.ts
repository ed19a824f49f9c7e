import { LimitRange } from "@pulumi/kubernetes/core/v1/limitRange";
import type { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { ResourceQuota } from "@pulumi/kubernetes/core/v1/resourceQuota";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import * as pulumi from "@pulumi/pulumi";
import { PRIORITIES } from "../../site/description/schema/namespaces";
import type { NamespaceSpec } from "../../site/description/spec";
import { priorityClassName } from "./PriorityClasses";

export interface NamespaceLimitsArgs {
  spec: NamespaceSpec;
  namespace: Namespace;
}

/** What the pods of a namespace may ask for, whom they reach, and how important they may be (C4, C5, S7). */
export class NamespaceLimits extends pulumi.ComponentResource {
  readonly ready: pulumi.Output<unknown>;

  constructor(name: string, { spec, namespace }: NamespaceLimitsArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:NamespaceLimits", name, {}, opts);
    // The namespace stays where it is left out of the description; what lies in it is taken away even so.
    const child = { parent: this, dependsOn: [namespace] };
    const within = (called: string) => ({ name: called, namespace: spec.name });
    const made: pulumi.CustomResource[] = [];
    if (spec.quota)
      made.push(
        new ResourceQuota(`${name}-quota`, { metadata: within("quota"), spec: { hard: hard(spec.quota) } }, child),
      );
    if (spec.limitRange.enabled)
      made.push(
        new LimitRange(
          `${name}-range`,
          { metadata: within("limits"), spec: { limits: [containers(spec.limitRange)] } },
          child,
        ),
      );
    if (spec.priority !== "any")
      made.push(
        new ResourceQuota(`${name}-priority`, { metadata: within("priority"), spec: noneAbove(spec.priority) }, child),
      );
    if (spec.defaultDeny)
      made.push(
        new NetworkPolicy(`${name}-deny`, { metadata: within("default-deny"), spec: nothing }, child),
        new NetworkPolicy(`${name}-dns`, { metadata: within("allow-dns"), spec: dnsOnly }, child),
      );
    this.ready = pulumi.all(made.map(({ id }) => id));
    this.registerOutputs({});
  }
}

function hard({ cpus: most, memoryGiB, pods, storageGiB }: NonNullable<NamespaceSpec["quota"]>) {
  return {
    "requests.cpu": cpus(most),
    "requests.memory": mebibytes(memoryGiB * 1024),
    pods: `${pods}`,
    ...(storageGiB !== undefined && { "requests.storage": mebibytes(storageGiB * 1024) }),
  };
}

function containers({ cpus: requested, memoryMiB, memoryLimitMiB }: NamespaceSpec["limitRange"]) {
  return {
    type: "Container",
    defaultRequest: { cpu: cpus(requested), memory: mebibytes(memoryMiB) },
    default: { memory: mebibytes(memoryLimitMiB) },
  };
}

/** Not one pod of a class that is not allowed. Where `standard` is, so are pods without a class, which count as that. */
function noneAbove(priority: (typeof PRIORITIES)[number]) {
  const allowed = PRIORITIES.slice(PRIORITIES.indexOf(priority)).map(priorityClassName);
  const scopeName = "PriorityClass";
  return {
    hard: { pods: "0" },
    scopeSelector: {
      matchExpressions: [
        ...(priority === "low" ? [] : [{ scopeName, operator: "Exists" }]),
        { scopeName, operator: "NotIn", values: allowed },
      ],
    },
  };
}

/** The policy `default-deny`. */
export const nothing = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };

/** The policy `allow-dns`. */
export const dnsOnly = {
  podSelector: {},
  policyTypes: ["Egress"],
  egress: [
    {
      to: [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
          podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
        },
      ],
      ports: ["UDP", "TCP"].map((protocol) => ({ port: 53, protocol })),
    },
  ],
};

/** As Kubernetes writes it back: `2`, `1500m`. */
function cpus(amount: number): string {
  const thousandths = Math.round(amount * 1000);
  return thousandths % 1000 === 0 ? `${thousandths / 1000}` : `${thousandths}m`;
}

/** As Kubernetes writes it back: `512Mi`, `2Gi`. */
function mebibytes(amount: number): string {
  let left = Math.ceil(amount);
  let unit = 0;
  while (left % 1024 === 0 && unit < 2) {
    left /= 1024;
    unit++;
  }
  return `${left}${["Mi", "Gi", "Ti"][unit]}`;
}
