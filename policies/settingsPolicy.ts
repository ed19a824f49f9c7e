import type { EnforcementLevel, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import type { ScopedPolicy } from "../sdks/pulumi/scope";
import type { Deployment } from "./deployment";
import { isCurrent, noSettings, type Settings, settingsSchema } from "./settings";

export const settingsName = "settings";

/** Reads what several rules need, and says which exceptions have ended. It comes first in the pack. */
export function settingsPolicy(
  deployment: Deployment,
  enforcementLevel: EnforcementLevel = "mandatory",
): ScopedPolicy<StackValidationPolicy & ResourceValidationPolicy> {
  const read = (config: Partial<Settings>) => {
    deployment.settings ??= { ...noSettings, ...config };
    return deployment.settings;
  };
  return {
    name: settingsName,
    description: "Exceptions have a reason and an end; what several rules read is set here",
    enforcementLevel,
    scope: { resource: () => true, stack: "nothing" },
    configSchema: settingsSchema as never,
    validateResource: ({ getConfig }) => {
      read(getConfig());
    },
    validateStack: ({ getConfig }, report) => {
      for (const exception of read(getConfig()).exceptions) {
        if (isCurrent(exception, deployment.now())) continue;
        const { rule, resource, until, reason } = exception;
        const finding = {
          rule: settingsName,
          severity: "mandatory" as const,
          source: "R3",
          path: `exceptions.${rule}.${resource}`,
          message: `the exception of ${resource} from ${rule} ended on ${until} (${reason})`,
          fix: "mend what it excepts and remove it, or give it a new end and say why",
        };
        deployment.tell(finding, undefined, report);
      }
    },
  };
}
