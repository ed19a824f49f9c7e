/**
 * The stores a site can have, all etcd and all placed by the same rules (L9): the cluster's own; one for events, which keeps
 * event storms away from the cluster's state at large sites; one for a network add-on that needs etcd.
 */
export const STORES = ["etcd", "events", "network-store"] as const;
/** A store, and the role of its members. */
export type Store = (typeof STORES)[number];

export function isStore(role: string): role is Store {
  return (STORES as readonly string[]).includes(role);
}

/** Where a store is described. */
export const STORE_PATHS: Record<Store, string> = {
  etcd: "etcd",
  events: "etcd.events",
  "network-store": "etcd.networkStore",
};
