import * as pulumi from "@pulumi/pulumi";
import type { HypervisorOf } from "../../../site/description/hypervisors";
import type { HypervisorContract } from "../contract";
import { ExistingMachine } from "./ExistingMachine";

export interface ExistingAccess {
  /** The key that servers which exist accept; needed for `hypervisor.kind: existing`. */
  sshPrivateKey: pulumi.Input<string>;
}

/** Servers that exist: nothing is made, their owner's key opens them. */
export const existing: HypervisorContract<HypervisorOf<"existing">, ExistingAccess, unknown> = {
  access(config) {
    const sshPrivateKey = config.getSecret("sshPrivateKey");
    if (sshPrivateKey === undefined)
      throw new pulumi.RunError(
        "hypervisor: servers that exist are signed in to with a key they accept; run " +
          "`pulumi config set --secret sshPrivateKey < ~/.ssh/id_ed25519`",
      );
    return { sshPrivateKey };
  },

  login({ sshPrivateKey }) {
    if (sshPrivateKey === undefined)
      throw new pulumi.RunError("sshPrivateKey: servers that exist are signed in to with a key they accept; give it");
    return pulumi.secret(sshPrivateKey);
  },

  machines({ plan, sshPrivateKey, parent }) {
    return new Map(
      plan.machines.map((machine) => {
        const { existing, name } = machine;
        if (existing === undefined)
          throw new pulumi.RunError(
            `machines: ${name} is planned but not described; add it with its address and host key`,
          );
        return [name, new ExistingMachine({ ...machine, existing }, sshPrivateKey, { parent })];
      }),
    );
  },
};
