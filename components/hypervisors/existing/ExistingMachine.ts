import * as pulumi from "@pulumi/pulumi";
import { capabilitiesOf } from "../../../site/description/hypervisors";
import type { MachinePlan } from "../../../site/plan/model";
import type { Machine } from "../../Machine";

/** A server that exists already: nothing is made, its address and host key are taken from the inventory. */
export class ExistingMachine extends pulumi.ComponentResource implements Machine {
  readonly plan: MachinePlan;
  readonly connection: Machine["connection"];
  readonly identity: string;
  readonly ready: pulumi.Resource[] = [];

  constructor(
    plan: MachinePlan & { existing: NonNullable<MachinePlan["existing"]> },
    privateKey: pulumi.Input<string>,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super(capabilitiesOf("existing").machineType, plan.name, { plan }, opts);
    this.plan = plan;
    this.identity = plan.existing.hostKey;
    this.connection = {
      host: plan.address,
      user: plan.existing.user,
      privateKey,
      hostKey: plan.existing.hostKey,
      // Some ten seconds: long enough that all servers which are not there are told together.
      dialErrorLimit: 10,
    };
    this.registerOutputs({ address: plan.address });
  }
}
