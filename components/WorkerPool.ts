import * as pulumi from "@pulumi/pulumi";
import type { WorkerPool as WorkerPoolSpec } from "../site/description/spec";
import { machinesOf } from "../site/plan/roles";
import { hasNodeSettings, poolNodesScript } from "../site/render/poolNodes";
import { Configuration, type ConfigurationArgs } from "./Configuration";
import type { ControlPlane } from "./ControlPlane";
import type { LoadBalancer } from "./LoadBalancer";
import type { Machine } from "./Machine";
import { PoolNodes } from "./PoolNodes";

export interface WorkerPoolArgs extends ConfigurationArgs {
  /** As it is described. */
  pool: WorkerPoolSpec;
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
    const [controlPlane] = machinesOf(args.plan, "control-plane").flatMap((plan) => args.site.get(plan.name) ?? []);
    if (hasNodeSettings(args.pool) && controlPlane !== undefined)
      new PoolNodes(
        `${name}-nodes`,
        { script: poolNodesScript(args.plan, args.pool), machines: args.machines, controlPlane },
        { parent: this, dependsOn: this.workers, deletedWith: args.deletedWith },
      );
    this.registerOutputs({});
  }
}
