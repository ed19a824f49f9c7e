import type { SiteSpec } from "./spec";

/** A month, as `pki.aloneMonths` counts them. */
export const MONTH_HOURS = 730;

/** More generations are not kept: certificates that live so short are not made for a life alone. */
export const MOST_SUCCESSORS = 12;

const USUAL_MONTHS = 24;

/** For how many months the site is to live alone: as described, or what its certificates' lifetime allows. */
export function aloneMonths({ aloneMonths, certificateHours, earlyRenewalHours }: SiteSpec["pki"]): number {
  const most = Math.floor((MOST_SUCCESSORS * certificateHours + earlyRenewalHours) / MONTH_HOURS);
  return aloneMonths ?? Math.min(USUAL_MONTHS, most);
}

/** The certificates that follow one another on a machine that no `up` reaches. All are issued at once. */
export interface Succession {
  /** For how many hours each is valid from then on, the first successor first. */
  validityHours: number[];
  /** A successor is put in force when the one before it has so many hours left. */
  leadHours: number;
}

/**
 * The successors that certificates need for the time that the site is to live alone: each is valid for so much longer than the one before
 * that an `up` which renews nothing still leaves `aloneMonths`, and no key is in use for longer than a certificate is valid.
 */
export function succession(pki: SiteSpec["pki"]): Succession {
  const { certificateHours, earlyRenewalHours } = pki;
  const missing = aloneMonths(pki) * MONTH_HOURS - earlyRenewalHours;
  const count = Math.max(0, Math.ceil(missing / certificateHours));
  const step = count === 0 ? 0 : Math.ceil(missing / count);
  return {
    validityHours: Array.from({ length: count }, (_, i) => certificateHours + (i + 1) * step),
    leadHours: Math.min(earlyRenewalHours, Math.floor(certificateHours / 4)),
  };
}
