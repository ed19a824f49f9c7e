import { capabilitiesOf } from "./hypervisors";
import { letter } from "./order";
import type { ExistingMachine, Role, SiteSpec } from "./spec";
import type { Store } from "./stores";

/** A machine that the site asks for, before it has a place. */
export interface MachineRequest {
  name: string;
  role: Role;
  pool?: string;
  cpus: number;
  memoryGiB: number;
  /** A disk of its own: a member's, for its store; a worker's, for volumes. Others have none. */
  dataDiskGiB?: number;
  systemDiskGiB: number;
  /** The owner's own choice. */
  pin?: { host?: string; datastore?: string };
  existing?: ExistingMachine;
}

/** Counts that the schema leaves to the planner. */
export interface Counts {
  members: number;
  controlPlanes: number;
}

export function countsOf(spec: SiteSpec): Counts {
  return { members: spec.etcd.members ?? 3, controlPlanes: spec.controlPlanes.count ?? 2 };
}

/** Every machine of the site, in the order in which places are found for them. */
export function requestMachines(spec: SiteSpec, counts: Counts = countsOf(spec)): MachineRequest[] {
  if (!capabilitiesOf(spec.hypervisor.kind).makesMachines)
    return spec.machines.map((machine) => existingRequest(spec, machine));
  const requests: MachineRequest[] = [];
  const add = (group: string, count: number, machine: Omit<MachineRequest, "name">) => {
    for (let i = 0; i < count; i++) requests.push({ name: `${spec.name}-${group}-${letter(i)}`, ...machine });
  };
  add("etcd", counts.members, store("etcd", spec.etcd));
  if (spec.etcd.events) add("events", spec.etcd.events.members, store("events", spec.etcd.events));
  if (spec.etcd.networkStore)
    add("network-store", spec.etcd.networkStore.members, store("network-store", spec.etcd.networkStore));
  add("control-plane", counts.controlPlanes, controlPlane(spec));
  if (spec.loadBalancer.kind === "haproxy") add("load-balancer", spec.loadBalancer.count ?? 2, loadBalancer(spec));
  for (const pool of spec.workers) add(pool.name, pool.count, worker(spec, pool.name));
  return withPins(spec, requests);
}

interface StoreSize {
  cpus: number;
  memoryGiB: number;
  diskGiB: number;
  systemDiskGiB: number;
}

function store(role: Store, { cpus, memoryGiB, diskGiB, systemDiskGiB }: StoreSize): Omit<MachineRequest, "name"> {
  return { role, cpus, memoryGiB, dataDiskGiB: diskGiB, systemDiskGiB };
}

function controlPlane({ controlPlanes: c }: SiteSpec): Omit<MachineRequest, "name"> {
  return { role: "control-plane", cpus: c.cpus, memoryGiB: c.memoryGiB, systemDiskGiB: c.diskGiB };
}

function loadBalancer({ loadBalancer: l }: SiteSpec): Omit<MachineRequest, "name"> {
  return l.kind === "haproxy"
    ? { role: "load-balancer", cpus: l.cpus, memoryGiB: l.memoryGiB, systemDiskGiB: l.diskGiB }
    : { role: "load-balancer", cpus: 1, memoryGiB: 2, systemDiskGiB: 10 };
}

function worker({ workers }: SiteSpec, name?: string): Omit<MachineRequest, "name"> {
  const pool = workers.find((w) => w.name === name) ?? workers[0];
  return {
    role: "worker",
    pool: name,
    cpus: pool?.cpus ?? 4,
    memoryGiB: pool?.memoryGiB ?? 16,
    systemDiskGiB: pool?.diskGiB ?? 60,
    ...(pool?.volumesGiB !== undefined && { dataDiskGiB: pool.volumesGiB }),
  };
}

function existingRequest(spec: SiteSpec, machine: ExistingMachine): MachineRequest {
  const shape = {
    etcd: (s: SiteSpec) => store("etcd", s.etcd),
    events: (s: SiteSpec) => store("events", s.etcd.events ?? s.etcd),
    "network-store": (s: SiteSpec) => store("network-store", s.etcd.networkStore ?? s.etcd),
    "control-plane": controlPlane,
    "load-balancer": loadBalancer,
    worker: (s: SiteSpec) => worker(s, machine.pool),
  };
  const base = shape[machine.role](spec);
  return {
    ...base,
    name: machine.name,
    cpus: machine.cpus ?? base.cpus,
    memoryGiB: machine.memoryGiB ?? base.memoryGiB,
    pin: { host: machine.host, datastore: machine.datastore },
    existing: machine,
  };
}

/** The owner's placements by machine; `overrides` win over a group's `placement`. */
function withPins(spec: SiteSpec, requests: MachineRequest[]): MachineRequest[] {
  const pins = new Map<string, { host?: string; datastore?: string }>();
  const group = (name: string, placement: Record<string, { host?: string; datastore?: string }>) => {
    for (const [key, where] of Object.entries(placement)) pins.set(machineName(spec, name, key), where);
  };
  group("etcd", spec.etcd.placement);
  group("control-plane", spec.controlPlanes.placement);
  if (spec.loadBalancer.kind === "haproxy") group("load-balancer", spec.loadBalancer.placement);
  for (const pool of spec.workers) group(pool.name, pool.placement);
  for (const { machine, host, datastore } of spec.overrides) pins.set(machine, { host, datastore });
  return pins.size === 0 ? requests : requests.map((r) => (pins.has(r.name) ? { ...r, pin: pins.get(r.name) } : r));
}

/** A machine is named by its letter within its group, or in full. */
export function machineName(spec: SiteSpec, group: string, key: string): string {
  return /^[a-z]{1,3}$/.test(key) ? `${spec.name}-${group}-${key}` : key;
}
