import { datastoresOf } from "../description/datastores";
import { DOMAIN_KINDS, type DomainKind, type Domains, domainsOf } from "../description/failureDomains";
import { capabilitiesOf } from "../description/hypervisors";
import { byName } from "../description/order";
import type { Media, Redundancy, SiteSpec } from "../description/spec";

/** The levels at which a site can fail, widest first. A level counts for a host only where the description names it. */
export type Level = DomainKind | "host";
export const LEVELS: readonly Level[] = [...DOMAIN_KINDS, "host"];

/** A storage device as the layout sees it. */
export interface DeviceEntry {
  id: string;
  media: Media;
  redundancy: Redundancy;
  /** Infinite where the description does not say. */
  capacityGiB: number;
  datastores: string[];
  /** Seen by several hosts. */
  shared: boolean;
}

/** A host as the layout sees it: what machines may use of it, and the domains it lies in. */
export interface HostEntry {
  index: number;
  name: string;
  /** Virtual CPUs that machines may use. */
  cpus: number;
  cpuMHz: number;
  /** Memory that machines may use. */
  memoryGiB: number;
  reliability: number;
  ecc: boolean;
  dualPower: boolean;
  domains: Domains & { host: string };
  devices: DeviceEntry[];
}

export interface Hardware {
  /** In the order of their names. */
  hosts: HostEntry[];
  devices: DeviceEntry[];
  host(name: string): HostEntry | undefined;
  deviceOf(datastore: string): DeviceEntry | undefined;
}

/** The hardware of a site. Hosts are ordered by name, so that the order in the file moves nothing. */
export function hardwareOf(spec: SiteSpec): Hardware {
  const sharedStorage = spec.sharedStorage.map((s) => ({
    hosts: s.hosts && new Set(s.hosts),
    entry: deviceEntry(s, true),
  }));
  const hosts = [...spec.hosts]
    .sort((a, b) => byName(a.name, b.name))
    .map((host, index): HostEntry => {
      const local = host.devices.map((d) => deviceEntry(d, false)).sort((a, b) => byName(a.id, b.id));
      const seen = sharedStorage.filter((s) => s.hosts?.has(host.name) ?? true).map((s) => s.entry);
      return {
        index,
        name: host.name,
        cpus: Math.floor(host.cpus * spec.capacity.cpuOvercommit),
        cpuMHz: host.cpuMHz,
        memoryGiB: usableMemory(spec, host),
        reliability: host.reliability,
        ecc: host.ecc ?? false,
        dualPower: host.power === "dual",
        domains: { ...domainsOf(host), host: host.name },
        devices: [...local, ...seen],
      };
    });
  const devices = [...new Set(hosts.flatMap((h) => h.devices))];
  const byHost = new Map(hosts.map((h) => [h.name, h]));
  const byDatastore = new Map(devices.flatMap((d) => d.datastores.map((name) => [name, d] as const)));
  return { hosts, devices, host: (name) => byHost.get(name), deviceOf: (name) => byDatastore.get(name) };
}

/** What the hypervisor leaves to machines, in GiB. */
export function usableMemory(spec: SiteSpec, host: SiteSpec["hosts"][number]): number {
  const kept = Math.min(capabilitiesOf(spec.hypervisor.kind).ownMemoryGiB, host.memoryGiB / 4);
  return host.memoryGiB - (host.hypervisorMemoryGiB ?? kept);
}

function deviceEntry(
  device: SiteSpec["hosts"][number]["devices"][number] | SiteSpec["sharedStorage"][number],
  shared: boolean,
): DeviceEntry {
  return {
    id: device.id,
    media: device.media,
    redundancy: device.redundancy,
    capacityGiB: device.capacityGiB ?? Number.POSITIVE_INFINITY,
    datastores: datastoresOf(device),
    shared,
  };
}
