import type { SiteSpec } from "../description/spec";
import type { SitePlan } from "./model";
import { machinesOf } from "./roles";

type Planned = Pick<SitePlan, "spec" | "machines" | "etcd" | "events">;
type Described = SiteSpec["kubernetes"]["eventRateLimit"];
export type EventLimits = Record<Exclude<keyof Described, "enabled">, { perSecond: number; burst: number }>;

/** How long events are kept: the API server's own default, in seconds. */
const KEPT_SECONDS = 3600;
/** What an event takes of the store, with a message of a kibibyte, the longest that Kubernetes' own programs write: 2080 as measured. */
export const EVENT_BYTES = 2304;
/** So many API servers share the store, so that another one changes nothing at those that run. */
const USUAL_SERVERS = 3;
const BURST_SECONDS = 10;

/**
 * How many events each API server writes down (S6); each counts by itself.
 *
 * - `server`: the events of an hour, after which they go, fill half of the quota of the store that they lie in; three API servers
 *   share it, or as many as there are.
 * - `namespace`, `user`: half and a quarter of that, so that no tenant and no node has it for itself.
 * - `sourceAndObject`: 10 a second, 50 at once: what one program says about one object is much the same each time.
 *
 * Ten seconds' events may come at once: a node that starts all its pods writes five for each.
 *
 * @returns nothing where the owner leaves events be
 */
export function eventLimits(plan: Planned): EventLimits | undefined {
  // The plan of an earlier program says nothing of it.
  const own: Partial<Described> = plan.spec.kubernetes.eventRateLimit ?? {};
  if (own.enabled === false) return undefined;
  const servers = Math.max(USUAL_SERVERS, machinesOf(plan, "control-plane").length);
  const server = limit(own.server, eventRoom(plan) / KEPT_SECONDS / EVENT_BYTES / servers);
  const user = limit(own.user, server.perSecond / 4);
  const few = Math.min(10, user.perSecond);
  return {
    server,
    namespace: limit(own.namespace, server.perSecond / 2),
    user,
    sourceAndObject: limit(own.sourceAndObject ?? { perSecond: few, burst: 5 * few }, few),
  };
}

/** What events may take of the store that they lie in, in bytes: half of its quota, and the rest is for what must not be lost. */
export function eventRoom({ etcd, events }: Planned): number {
  return (events ?? etcd).quotaBytes / 2;
}

/** What the events of an hour take at their limits, in bytes; nothing where they have none. */
export function hourOfEvents(plan: Planned): number | undefined {
  const limits = eventLimits(plan);
  if (limits === undefined) return undefined;
  return machinesOf(plan, "control-plane").length * limits.server.perSecond * KEPT_SECONDS * EVENT_BYTES;
}

function limit(own: Described["server"], usual: number): { perSecond: number; burst: number } {
  const perSecond = own?.perSecond ?? Math.max(1, Math.floor(usual));
  return { perSecond, burst: own?.burst ?? BURST_SECONDS * perSecond };
}
