import { Command } from "@pulumi/command/remote/command";
import type * as pulumi from "@pulumi/pulumi";
import { templateOf } from "../site/description/hypervisors";
import type { MachinePlan, SitePlan } from "../site/plan/model";
import { SNAPSHOTS, snapshotScript } from "../site/render/snapshot";
import type { Machine } from "./Machine";

export interface SnapshotArgs {
  plan: SitePlan;
  /** The control plane that asks for it and keeps it. */
  machine: Machine;
  /** The members of every store that run by then. */
  members: readonly MachinePlan[];
  /** One of these versions is there already: nothing that a change of the site makes of this asks for another. */
  isMade: boolean;
}

/**
 * A snapshot of etcd, saved and checked once for each set of versions: when a site is new, and before the first machine of an upgrade
 * is touched (O4). It lies on the control plane that is changed last, as the members themselves are replaced.
 */
export class Snapshot extends Command {
  constructor(name: string, { plan, machine, members, isMade }: SnapshotArgs, opts: pulumi.CustomResourceOptions) {
    const { kubernetes, etcd, hypervisor } = plan.spec;
    super(
      name,
      {
        connection: machine.connection,
        create: `sudo bash -s ${SNAPSHOTS}`,
        update: `sudo bash -s ${SNAPSHOTS}`,
        stdin: snapshotScript(plan, members),
        triggers: [kubernetes.version, etcd.version, templateOf(hypervisor) ?? ""],
        addPreviousOutputInEnv: false,
      },
      // A change of the members is no change of versions, and members that are yet to be made answer nobody.
      { ...opts, ...(isMade && { ignoreChanges: ["stdin", "connection"] }) },
    );
  }
}
