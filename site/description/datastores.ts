import type { Device, SharedStorage, SiteSpec } from "./spec";
/** The datastores on a device, whichever way they were written. */
export function datastoresOf(device: Device | SharedStorage): string[] {
  const single = "datastore" in device && device.datastore !== undefined ? [device.datastore] : [];
  return [...single, ...(device.datastores ?? [])];
}

/** The datastores that a host sees, its own and shared ones. */
export function visibleDatastores(spec: SiteSpec, host: string): Set<string> {
  const local = spec.hosts.find((h) => h.name === host)?.devices.flatMap(datastoresOf) ?? [];
  const shared = spec.sharedStorage.filter((s) => s.hosts?.includes(host) ?? true).flatMap(datastoresOf);
  return new Set([...local, ...shared]);
}
