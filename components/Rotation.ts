import { Command } from "@pulumi/command/remote/command";
import type * as pulumi from "@pulumi/pulumi";
import type { Kms } from "../site/description/kms";
import type { Rotations } from "../site/description/rotation";
import type { Machine } from "./Machine";

export interface RotationArgs {
  /** See `rotationScript`. */
  script: string;
  /** How far each rotation is: the script runs once in each phase. */
  rotations: Rotations;
  /** How far the way to a KMS is. */
  kms?: Pick<Kms, "name" | "phase">;
  /** The control plane it runs on. */
  machine: Machine;
}

/** Ends a phase of a rotation, or of the way to a KMS, in the cluster itself (S3, S6); a phase stands only when this has ended well. */
export class Rotation extends Command {
  constructor(name: string, args: RotationArgs, opts: pulumi.CustomResourceOptions) {
    super(
      name,
      {
        connection: args.machine.connection,
        create: "sudo bash -s",
        update: "sudo bash -s",
        stdin: args.script,
        triggers: [
          ...Object.entries(args.rotations).map(([id, { generation, phase }]) => `${id} ${generation} ${phase}`),
          ...(args.kms ? [`kms ${args.kms.name} ${args.kms.phase}`] : []),
        ],
        addPreviousOutputInEnv: false,
      },
      opts,
    );
  }
}
