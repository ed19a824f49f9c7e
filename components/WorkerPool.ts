import * as pulumi from "@pulumi/pulumi";
import { Configuration, type ConfigurationArgs } from "./Configuration";
import type { ControlPlane } from "./ControlPlane";
import type { LoadBalancer } from "./LoadBalancer";
import type { Machine } from "./Machine";

export interface WorkerPoolArgs extends ConfigurationArgs {
  machines: Machine[];
  controlPlane: ControlPlane;
  loadBalancer: LoadBalancer;
}

/** Workers of one size. They join as soon as the API answers, together with each other and the other control planes. */
export class WorkerPool extends pulumi.ComponentResource {
  readonly workers: Configuration[];

  constructor(name: string, args: WorkerPoolArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:WorkerPool", name, { machines: args.machines.map((machine) => machine.plan.name) }, opts);
    const dependsOn = [args.controlPlane.first, args.loadBalancer];
    this.workers = args.machines.map((machine) => new Configuration(machine, args, { parent: this, dependsOn }));
    this.registerOutputs({});
  }
}
