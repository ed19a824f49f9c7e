import type { MachinePlan, SitePlan } from "../plan/model";
import type { Content } from "../render/content";
import { machineFiles } from "../render/machine";
import { configurationFact } from "./configuration";
import type { ConfigurationFact } from "./objects";

/**
 * What rules read of the files that a plan renders. Machines of a role and pool get the same but for their names, addresses
 * and keys: one stands for all, and of control planes, the first of which begins the cluster, two.
 */
export function configurationsOf(plan: SitePlan): ConfigurationFact[] {
  return distinct(plan.machines).map((machine) =>
    configurationFact(
      machine.name,
      machineFiles(plan, machine).map(({ path, mode, content }) => ({ path, mode, text: withPlaceholders(content) })),
    ),
  );
}

function distinct(machines: readonly MachinePlan[]): MachinePlan[] {
  const seen = new Map<string, number>();
  return machines.filter(({ role, pool }) => {
    const kind = `${role} ${pool ?? ""}`;
    const before = seen.get(kind) ?? 0;
    seen.set(kind, before + 1);
    return before < (role === "control-plane" ? 2 : 1);
  });
}

/** A hole for a private key counts as one. */
function withPlaceholders(content: Content): string {
  return content
    .map((part) => {
      if (typeof part === "string") return part;
      return /^(openssh-)?key\//.test(part.secret) && part.encoding !== "base64"
        ? "-----BEGIN PRIVATE KEY-----"
        : '"later"';
    })
    .join("");
}
