import type { SitePlan } from "../plan/model";
import type { Content } from "../render/content";
import { machineFiles } from "../render/machine";
import { configurationFact } from "./configuration";
import type { ConfigurationFact } from "./objects";

/** What rules read of the files that a plan renders. */
export function configurationsOf(plan: SitePlan): ConfigurationFact[] {
  return plan.machines.map((machine) =>
    configurationFact(
      machine.name,
      machineFiles(plan, machine).map(({ path, mode, content }) => ({ path, mode, text: withPlaceholders(content) })),
    ),
  );
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
