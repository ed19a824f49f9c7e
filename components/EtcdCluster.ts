import * as pulumi from "@pulumi/pulumi";
import { type QualifiedDisk, qualifiedDisk } from "../site/life/qualifiedDisk";
import { Configuration, type ConfigurationArgs } from "./Configuration";
import type { Machine } from "./Machine";

export interface EtcdClusterArgs extends ConfigurationArgs {
  machines: Machine[];
}

/** The members of a store, each on a machine of its own (L2, L9). At first they start together: the member list is in the plan. */
export class EtcdCluster extends pulumi.ComponentResource {
  readonly members: Configuration[];
  /** What was measured of each member's disk, by the machine's name. */
  readonly disks: ReadonlyMap<string, pulumi.Output<QualifiedDisk | undefined>>;

  constructor(name: string, args: EtcdClusterArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:EtcdCluster", name, { members: args.machines.map((machine) => machine.plan.name) }, opts);
    this.members = args.machines.map((machine) => new Configuration(machine, args, { parent: this }));
    // What a member is configured from is secret, what it says is not.
    const disk = ({ stdout }: Configuration) => pulumi.unsecret(stdout).apply((said) => qualifiedDisk(said ?? ""));
    this.disks = new Map(args.machines.map(({ plan }, i) => [plan.name, disk(this.members[i] as Configuration)]));
    this.registerOutputs({ endpoints: args.machines.map((machine) => `https://${machine.plan.address}:2379`) });
  }
}
