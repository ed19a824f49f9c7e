import { Command } from "@pulumi/command/remote/command";
import * as pulumi from "@pulumi/pulumi";
import type { Machine } from "./Machine";

export interface PoolNodesArgs {
  /** See `poolNodesScript`. */
  script: string;
  /** The pool's machines: one that takes another's place is given the labels and taints again. */
  machines: readonly Machine[];
  /** The control plane it runs on. */
  controlPlane: Machine;
}

/** Keeps the labels and taints of a worker pool's nodes; takes them away when the description no longer has any. */
export class PoolNodes extends Command {
  constructor(name: string, args: PoolNodesArgs, opts: pulumi.CustomResourceOptions) {
    const identities = pulumi.all(args.machines.map(({ identity }) => identity));
    super(
      name,
      {
        connection: args.controlPlane.connection,
        create: "sudo bash -s apply",
        update: "sudo bash -s apply",
        delete: "sudo bash -s remove",
        // Not as triggers: those replace it, and what is replaced is deleted last.
        stdin: identities.apply((known) => [`# ${known.join(" ")}`, args.script].join("\n")),
        addPreviousOutputInEnv: false,
      },
      opts,
    );
  }
}
