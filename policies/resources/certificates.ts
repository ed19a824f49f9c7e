import type { EnforcementLevel, PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { known, Unknown } from "../known";
import { selfSignedCertificate, signedCertificate } from "../types";

const hour = 3_600_000;
const defaultDays = 14;

/** S2: a certificate is renewed by `up` long before it ends. */
export function certificatesLast(
  enforcementLevel: EnforcementLevel = "mandatory",
  now: () => number = Date.now,
): StackValidationPolicy {
  return {
    name: "certificates-last",
    description: "No certificate ends soon, and each is renewed by `up` before it would (S2)",
    enforcementLevel,
    configSchema: {
      properties: {
        days: {
          type: "integer",
          minimum: 1,
          default: defaultDays,
          description: "How many days every certificate must last",
        },
      },
    },
    validateStack: ({ resources, getConfig }, reportViolation) => {
      const { days = defaultDays } = getConfig<{ days?: number }>();
      for (const resource of resources) {
        if (resource.type !== selfSignedCertificate && resource.type !== signedCertificate) continue;
        const message = endsSoon(resource, days, now());
        if (message !== undefined) reportViolation(`${resource.name}: ${message}`, resource.urn);
      }
    },
  };
}

function endsSoon({ props }: PolicyResource, days: number, now: number): string | undefined {
  const end = known(() => props.validityEndTime as string);
  // Not known before it is made: it is issued by this very update.
  const hoursLeft = end instanceof Unknown ? (props.validityPeriodHours as number) : (Date.parse(end) - now) / hour;
  const early: number = props.earlyRenewalHours ?? 0;
  if (early < days * 24)
    return `the certificate is renewed only when less than ${daysOf(early)} are left; set earlyRenewalHours to ${days * 24} or more`;
  if (hoursLeft >= days * 24) return undefined;
  if (end instanceof Unknown)
    return `the certificate is issued for ${daysOf(hoursLeft)}; set validityPeriodHours to more than ${days * 24}`;
  return hoursLeft < 0
    ? `the certificate ended on ${end}; run \`pulumi up\`, which reissues it`
    : `the certificate ends in ${daysOf(hoursLeft)}, on ${end}; run \`pulumi up\`, which reissues it`;
}

function daysOf(hours: number): string {
  const days = Math.floor(hours / 24);
  return days === 1 ? "1 day" : `${days} days`;
}
