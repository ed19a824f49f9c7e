import { hasGatewayApi } from "../description/gatewayApi";
import { aloneMonths, MONTH_HOURS } from "../description/succession";
import type { SitePlan } from "../plan/model";
import type { AuthorityId } from "./authorities";

/** Id of the authority whose key lies in the cluster. */
export const INTERMEDIATE = "services-intermediate";

/** How long a certificate lasts that cert-manager issues, where nobody asks for another time. */
export const SERVED_HOURS = 90 * 24;

/**
 * The authority whose key lies in the cluster, so that certificates for what it serves are issued and renewed there. It may sign for the
 * servers of one domain, and for nothing else; the key of the authority that stands above it is in the encrypted state alone.
 */
export interface IntermediatePlan {
  id: string;
  purpose: string;
  authority: AuthorityId;
  commonName: string;
  /** The domain that its certificates may name, and what is below it. */
  domain: string;
  validityHours: number;
  /** `up` makes another when this one is so old: what is left of it then outlasts all that it has signed, and the time alone. */
  renewedAfterHours: number;
}

/** That of a site which answers for Gateways. */
export function intermediateOf({ site, spec }: SitePlan): IntermediatePlan | undefined {
  const { gatewayApi } = spec.addons;
  if (!hasGatewayApi(spec) || gatewayApi === undefined) return undefined;
  const { certificateHours, earlyRenewalHours } = spec.pki;
  const left = Math.max(earlyRenewalHours, SERVED_HOURS) + aloneMonths(spec.pki) * MONTH_HOURS;
  return {
    id: INTERMEDIATE,
    purpose: `signs certificates of servers in ${gatewayApi.domain}, as cert-manager is asked`,
    authority: "services",
    commonName: `${site}-services-intermediate`,
    domain: gatewayApi.domain,
    validityHours: certificateHours + left,
    renewedAfterHours: certificateHours,
  };
}
