import { rule } from "./rule";

export const eventsFitStore = rule({
  id: "event-storm",
  subject: "etcd",
  scope: "site",
  sentence: "events at their limit do not fill their store: those of an hour fit in half of its quota",
  severity: "advisory",
  source: "S6 [B, K, A]",
  fix: "leave kubernetes.eventRateLimit to the planner",
  check: ({ events }) => {
    if (events === undefined) return [];
    const { mostBytes, roomBytes } = events;
    if (mostBytes === undefined)
      return [{ path: "kubernetes.eventRateLimit.enabled", message: "events have no limit: a storm fills etcd" }];
    if (mostBytes <= roomBytes) return [];
    return [
      {
        path: "kubernetes.eventRateLimit.server",
        message: `events of an hour may take ${inMiB(mostBytes)} MiB, and half of their store's quota is ${inMiB(roomBytes)}`,
        fix: "lower it, raise etcd.quotaGiB, or give events a store of their own (etcd.events)",
      },
    ];
  },
});

function inMiB(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
