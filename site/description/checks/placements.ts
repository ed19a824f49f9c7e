import { visibleDatastores } from "../datastores";
import { capabilitiesOf } from "../hypervisors";
import type { Problem } from "../problem";
import { machineName, requestMachines } from "../requests";
import { atMaximum } from "../scale";
import type { SiteSpec } from "../spec";

interface Placed {
  path: string;
  machine: string;
  /** What the names of the group's machines begin with; none for overrides. */
  group?: string;
  where: { host?: string; datastore?: string };
}

/** The owner's own placements: of machines that there are, each placed once, on hosts and datastores that fit together. */
export function placements(spec: SiteSpec): Problem[] {
  const placed = allPlacements(spec);
  if (!capabilitiesOf(spec.hypervisor.kind).makesMachines)
    return placed.map(({ path }) => ({
      path,
      fact: "existing servers are where they are",
      fix: "remove it; say where a server is in machines",
    }));
  const names = requestMachines(atMaximum(spec)).map((r) => r.name);
  const machines = new Set(names);
  const first = new Map<string, string>();
  return placed.flatMap((one) => {
    const { path, machine } = one;
    const earlier = first.get(machine);
    if (earlier === undefined) first.set(machine, path);
    return [
      ...(machines.has(machine)
        ? []
        : [{ path, fact: `there is no machine ${machine}`, fix: `use one of ${listed(names)}` }]),
      ...(one.group !== undefined && !machine.startsWith(one.group)
        ? [{ path, fact: `${machine} is none of these machines`, fix: "place it in its own group, or use overrides" }]
        : []),
      ...(earlier === undefined
        ? []
        : [{ path, fact: `${machine} is already placed by ${earlier}`, fix: "place each machine once" }]),
      ...where(spec, one),
    ];
  });
}

function allPlacements(spec: SiteSpec): Placed[] {
  const group = (path: string, prefix: string, placement: Record<string, Placed["where"]>): Placed[] =>
    Object.entries(placement).map(([key, where]) => ({
      path: `${path}.${key}`,
      machine: machineName(spec, prefix, key),
      group: `${spec.name}-${prefix}-`,
      where,
    }));
  const { loadBalancer } = spec;
  return [
    ...group("etcd.placement", "etcd", spec.etcd.placement),
    ...group("controlPlanes.placement", "control-plane", spec.controlPlanes.placement),
    ...(loadBalancer.kind === "haproxy"
      ? group("loadBalancer.placement", "load-balancer", loadBalancer.placement)
      : []),
    ...spec.workers.flatMap((pool, i) => group(`workers[${i}].placement`, pool.name, pool.placement)),
    ...spec.overrides.map((o, i) => ({ path: `overrides[${i}]`, machine: o.machine, where: o })),
  ];
}

function where(spec: SiteSpec, { path, where: { host, datastore } }: Placed): Problem[] {
  if (host === undefined && datastore === undefined)
    return [{ path, fact: "it says neither host nor datastore", fix: "name a host, a datastore or both" }];
  const hosts = spec.hosts.map((h) => h.name);
  if (host !== undefined && !hosts.includes(host))
    return [{ path: `${path}.host`, fact: `there is no host ${host}`, fix: "use a name from hosts" }];
  const among = host === undefined ? hosts : [host];
  if (datastore === undefined || among.some((name) => visibleDatastores(spec, name).has(datastore))) return [];
  return [
    {
      path: `${path}.datastore`,
      fact: host === undefined ? `there is no datastore ${datastore}` : `host ${host} has no datastore ${datastore}`,
      fix: "use a datastore of one of its devices",
    },
  ];
}

function listed(names: string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(", ")}, \u2026` : names.join(", ");
}
