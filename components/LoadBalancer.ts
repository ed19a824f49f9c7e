import * as pulumi from "@pulumi/pulumi";
import { Configuration, type ConfigurationArgs } from "./Configuration";
import type { Machine } from "./Machine";

export interface LoadBalancerArgs extends ConfigurationArgs {
  /** HAProxy and keepalived machines; none when somebody else balances. */
  machines: Machine[];
}

/** Where clients reach the API servers (L12): our own machines with a virtual address, or a balancer that exists. */
export class LoadBalancer extends pulumi.ComponentResource {
  readonly machines: Configuration[];

  constructor(name: string, args: LoadBalancerArgs, opts: pulumi.ComponentResourceOptions) {
    const { endpoint, spec } = args.plan;
    super("groundwork:index:LoadBalancer", name, { kind: spec.loadBalancer.kind, endpoint }, opts);
    this.machines = args.machines.map((machine) => new Configuration(machine, args, { parent: this }));
    this.registerOutputs({ endpoint });
  }
}
