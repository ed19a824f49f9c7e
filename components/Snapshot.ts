import { Command } from "@pulumi/command/remote/command";
import type * as pulumi from "@pulumi/pulumi";
import { templateOf } from "../site/description/hypervisors";
import type { SitePlan } from "../site/plan/model";
import { SNAPSHOTS, snapshotScript } from "../site/render/snapshot";
import type { Machine } from "./Machine";

export interface SnapshotArgs {
  plan: SitePlan;
  /** The control plane that asks for it and keeps it. */
  machine: Machine;
}

/**
 * A snapshot of etcd, saved and checked once for each set of versions: when a site is new, and before the first machine of an upgrade
 * is touched (O4). It lies on the control plane that is changed last, as the members themselves are replaced.
 */
export class Snapshot extends Command {
  constructor(name: string, { plan, machine }: SnapshotArgs, opts: pulumi.CustomResourceOptions) {
    const { kubernetes, etcd, hypervisor } = plan.spec;
    super(
      name,
      {
        connection: machine.connection,
        create: `sudo bash -s ${SNAPSHOTS}`,
        update: `sudo bash -s ${SNAPSHOTS}`,
        stdin: snapshotScript(plan),
        triggers: [kubernetes.version, etcd.version, templateOf(hypervisor) ?? ""],
        addPreviousOutputInEnv: false,
      },
      opts,
    );
  }
}
