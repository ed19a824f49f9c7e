import * as pulumi from "@pulumi/pulumi";
import { Configuration, type ConfigurationArgs } from "./Configuration";
import type { EtcdCluster } from "./EtcdCluster";
import type { LoadBalancer } from "./LoadBalancer";
import type { Machine } from "./Machine";

export interface ControlPlaneArgs extends ConfigurationArgs {
  machines: Machine[];
  /** What the API servers keep their state in: the cluster's store, and that of events where there is one. */
  stores: EtcdCluster[];
  loadBalancer: LoadBalancer;
}

/**
 * The control planes. The first one initialises the cluster while the load balancers start: it needs them only at its end,
 * and has patience. The others join together.
 */
export class ControlPlane extends pulumi.ComponentResource {
  /** Complete as soon as the API answers. */
  readonly first: Configuration;
  readonly others: Configuration[];

  constructor(name: string, args: ControlPlaneArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:ControlPlane", name, { machines: args.machines.map((machine) => machine.plan.name) }, opts);
    const [first, ...others] = args.machines;
    if (first === undefined) {
      throw new pulumi.RunError("controlPlanes: the plan has none; use at least one");
    }
    this.first = new Configuration(first, args, { parent: this, dependsOn: args.stores });
    const dependsOn = [this.first, args.loadBalancer];
    this.others = others.map((machine) => new Configuration(machine, args, { parent: this, dependsOn }));
    this.registerOutputs({});
  }
}
