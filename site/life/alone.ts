import type { SiteSpec } from "../description/spec";
import { aloneMonths, MONTH_HOURS } from "../description/succession";
import type { MachineSuccessors, Successors } from "./successors";

/** So long before a site's time alone ends somebody is told, in hours. */
const NOTICE_HOURS = 90 * 24;

/** What of a certificate tells how long a site goes on by itself. */
export interface Lasting {
  id: string;
  /** RFC 3339. */
  expires: string;
  /** When those end that follow it without an `up`, RFC 3339, the next one first; none if left out. */
  successors?: string[];
  /** The machines that hold its private key. */
  machines: string[];
  /** Where it lies; `cluster` for an object of the API. */
  places: { where: string }[];
}

/** The date until which a site goes on with no `up`, and what ends it. */
export interface Alone {
  /** RFC 3339. */
  until: string;
  /** The certificate that ends first, with all that follow it. */
  first: string;
  /** The one that ends on a later day, and when. */
  next?: { id: string; ends: string };
}

/**
 * Until when a site lives alone: what lies on its machines or in the cluster, and authorities. The operator's kubeconfig is not among it:
 * the next `up` makes another. Nothing for a site without certificates.
 */
export function aloneUntil(certificates: readonly Lasting[]): Alone | undefined {
  const ends = certificates
    .filter(({ places }) => places.some(({ where }) => where !== "operator"))
    .map(({ id, expires, successors = [] }) => ({ id, ends: [expires, ...successors].reduce(later) }))
    .sort((a, b) => Date.parse(a.ends) - Date.parse(b.ends) || (a.id < b.id ? -1 : 1));
  const [first] = ends;
  if (first === undefined) return undefined;
  // Of several that end on one day, as authorities made within a second, the first by name: the same is told each time.
  const day = ({ ends }: { ends: string }) => ends.slice(0, 10);
  const [next] = ends
    .filter((each) => day(each) > day(first))
    .sort((a, b) => (day(a) === day(b) ? (a.id < b.id ? -1 : 1) : day(a) < day(b) ? -1 : 1));
  return { until: first.ends, first: first.id, ...(next && { next }) };
}

/**
 * How long before a site's time alone ends an `up` is asked for, in hours: 90 days, or half of what is left after any `up`, where that is less
 * than 90 days. So nobody is asked for an `up` on the day of one.
 */
export function noticeHours(pki: SiteSpec["pki"]): number {
  const left = Math.max(pki.earlyRenewalHours, aloneMonths(pki) * MONTH_HOURS);
  return left > NOTICE_HOURS ? NOTICE_HOURS : left / 2;
}

/**
 * Records of certificates, each with when its successors end: where they lie on several machines, the earliest of each generation.
 *
 * @param inCluster certificates that no machine holds, and the machines that renew them in the cluster
 */
export function succeededBy<T extends Lasting>(
  certificates: readonly T[],
  successors: Successors | undefined,
  inCluster: { ids: readonly string[]; by: readonly string[] },
): T[] {
  return certificates.map((certificate) => {
    const holders = inCluster.ids.includes(certificate.id) ? inCluster.by : certificate.machines;
    const ends = generationsOf(holders.map((name) => successors?.machines[name]?.generations ?? []));
    return ends.length === 0 ? certificate : { ...certificate, successors: ends };
  });
}

function generationsOf(all: MachineSuccessors["generations"][]): string[] {
  const most = Math.min(...all.map(({ length }) => length));
  if (!Number.isFinite(most)) return [];
  return Array.from({ length: most }, (_, i) => all.flatMap(({ [i]: one }) => one?.ends ?? []).reduce(earlier));
}

const later = (a: string, b: string) => (Date.parse(a) >= Date.parse(b) ? a : b);
const earlier = (a: string, b: string) => (Date.parse(a) <= Date.parse(b) ? a : b);
