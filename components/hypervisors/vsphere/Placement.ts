import * as pulumi from "@pulumi/pulumi";
import * as vsphere from "../../../sdks/vsphere";
import type { PlacementRule } from "../../../site/plan/model";
import { type Transform, transformed } from "../../Transform";
import type { Datacenter } from "./Datacenter";
import type { VsphereMachine } from "./VsphereMachine";

export interface PlacementTransforms {
  antiAffinityRule?: Transform<vsphere.ComputeClusterVmAntiAffinityRuleArgs>;
  hostRule?: Transform<vsphere.ComputeClusterVmHostRuleArgs>;
}

export interface PlacementArgs {
  rules: PlacementRule[];
  datacenter: Datacenter;
  machines: ReadonlyMap<string, VsphereMachine>;
  transform?: PlacementTransforms;
}

/** The DRS rules that keep machines where the plan put them (L10). All are mandatory. */
export class Placement extends pulumi.ComponentResource {
  constructor(name: string, args: PlacementArgs, opts: pulumi.ComponentResourceOptions) {
    super("groundwork:index:Placement", name, { rules: args.rules }, opts);
    const { datacenter, machines, transform } = args;
    const child = { parent: this, provider: datacenter.provider };
    const computeClusterId = datacenter.clusterId;
    for (const rule of args.rules) {
      const virtualMachineIds = rule.machines.map((machine) => idOf(machines, machine));
      if (rule.kind === "anti-affinity") {
        new vsphere.ComputeClusterVmAntiAffinityRule(
          ...transformed(
            transform?.antiAffinityRule,
            rule.name,
            { name: rule.name, computeClusterId, virtualMachineIds, enabled: true, mandatory: true },
            child,
          ),
        );
        continue;
      }
      const hosts = new vsphere.ComputeClusterHostGroup(
        `${rule.name}-hosts`,
        {
          name: `${rule.name}-hosts`,
          computeClusterId,
          hostSystemIds: rule.hosts.map((host) => datacenter.hostId(host)),
        },
        child,
      );
      const members = new vsphere.ComputeClusterVmGroup(
        `${rule.name}-machines`,
        { name: `${rule.name}-machines`, computeClusterId, virtualMachineIds },
        child,
      );
      new vsphere.ComputeClusterVmHostRule(
        ...transformed(
          transform?.hostRule,
          rule.name,
          {
            name: rule.name,
            computeClusterId,
            vmGroupName: members.name,
            affinityHostGroupName: hosts.name,
            enabled: true,
            mandatory: true,
          },
          child,
        ),
      );
    }
    this.registerOutputs({});
  }
}

/** DRS refers to a machine by its BIOS UUID, the resource's id. */
function idOf(machines: ReadonlyMap<string, VsphereMachine>, name: string): pulumi.Output<string> {
  const machine = machines.get(name);
  if (machine === undefined) {
    throw new pulumi.RunError(`machines.${name}: a placement rule names it but the plan has no such virtual machine`);
  }
  return machine.virtualMachine.id;
}
