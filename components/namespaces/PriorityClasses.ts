import { PriorityClass } from "@pulumi/kubernetes/scheduling/v1/priorityClass";
import * as pulumi from "@pulumi/pulumi";
import { PRIORITIES } from "../../site/description/schema/namespaces";

type Priority = (typeof PRIORITIES)[number];

/** `groundwork-standard` is what a pod without a class has, so that none of the pods that run changes its place. */
const classes: Record<Priority, { value: number; description: string; preemptionPolicy: string }> = {
  critical: {
    value: 100_000,
    description: "Kept longest of all workloads: takes the place of others in a shortage.",
    preemptionPolicy: "PreemptLowerPriority",
  },
  standard: { value: 0, description: "As without a class.", preemptionPolicy: "PreemptLowerPriority" },
  low: {
    value: -1000,
    description: "Gives way to all others in a shortage, and takes nobody's place.",
    preemptionPolicy: "Never",
  },
};

export function priorityClassName(priority: Priority): string {
  return `groundwork-${priority}`;
}

/** Which workloads give way in a shortage (C5): all of them give way to the cluster's own, which Kubernetes has classes for. */
export class PriorityClasses extends pulumi.ComponentResource {
  readonly ready: pulumi.Output<unknown>;

  constructor(name: string, args: object, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:PriorityClasses", name, args, opts);
    const made = PRIORITIES.map(
      (priority) =>
        new PriorityClass(
          `${name}-${priority}`,
          { metadata: { name: priorityClassName(priority) }, ...classes[priority] },
          { parent: this, dependsOn: opts.dependsOn },
        ).id,
    );
    this.ready = pulumi.all(made);
    this.registerOutputs({});
  }
}
