import type * as pulumi from "@pulumi/pulumi";
import type { MachinePlan } from "../site/plan/model";

/** A machine that can be reached by SSH, however it came to be. */
export interface Machine {
  readonly plan: MachinePlan;
  /** How to reach it, the host key pinned. */
  readonly connection: {
    host: string;
    user: string;
    privateKey: pulumi.Input<string>;
    hostKey: pulumi.Input<string>;
    /** How often a connection is tried: a virtual machine boots first, a server is expected to run already. */
    dialErrorLimit: number;
    /** Seconds that one try may take; 15 if left out. */
    perDialTimeout?: number;
  };
  /** Differs when the machine was replaced: it must be configured again. */
  readonly identity: pulumi.Input<string>;
  /** What must be complete before it is worth trying. */
  readonly ready: pulumi.Resource[];
}
