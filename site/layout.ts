import type { HostEntry, Inventory } from "./inventory";
import { Ledger, type Place } from "./layout/ledger";
import { pour } from "./layout/pour";
import { NEEDS, type Need, type Needs, Occupied, placesOn } from "./layout/slots";
import { spread } from "./layout/spread";
import { byNumbers } from "./order";
import type { MachineRequest } from "./requests";
import type { Role } from "./spec";

/** Where a machine was before: an earlier plan's word. */
export interface Earlier {
  host: string;
  system: string;
  data?: string;
}

/** A group that found no place with everything it needs, and what was let go of. */
export interface Shortage {
  group: string;
  dropped: Need[];
}

export interface Layout {
  places: Map<string, Place>;
  shortages: Shortage[];
}

export interface LayoutOptions {
  /** Magnetic disks are accepted by name. */
  acceptMagneticDisks: boolean;
  /** What already runs, by machine name. It stays where it is as long as that can be. */
  earlier?: ReadonlyMap<string, Earlier>;
}

const FULL: Needs = { media: true, cpu: true, space: true, memory: true, devices: true };

/** Who runs where, on which device: stores first, they are the hardest to place, then what serves the API, then workers. */
export function layOut(requests: readonly MachineRequest[], inventory: Inventory, options: LayoutOptions): Layout {
  const ledger = new Ledger();
  const layout: Layout = { places: new Map(), shortages: [] };
  for (const group of groups(requests)) {
    const kept = settle(group, inventory, ledger, layout, options);
    const open = group.filter((request) => !layout.places.has(request.name));
    if (open.length > 0) placeGroup(open, kept, inventory, ledger, layout, options);
  }
  return layout;
}

/** The machines in groups that are placed together: one a role, one a worker pool. */
export function groups(requests: readonly MachineRequest[]): MachineRequest[][] {
  const byGroup = new Map<string, MachineRequest[]>();
  for (const request of requests) {
    const key = groupName(request);
    byGroup.set(key, [...(byGroup.get(key) ?? []), request]);
  }
  return [...byGroup.values()];
}

/** Places what has a place already: by the owner's choice, or because it runs there. */
function settle(
  group: readonly MachineRequest[],
  inventory: Inventory,
  ledger: Ledger,
  layout: Layout,
  options: LayoutOptions,
): Place[] {
  const kept: Place[] = [];
  const keep = (request: MachineRequest, place: Place | undefined) => {
    if (place === undefined) return;
    ledger.take(request, place);
    layout.places.set(request.name, place);
    kept.push(place);
  };
  for (const request of group)
    if (request.pin) keep(request, pinned(request, request.pin, kept, inventory, ledger, options));
  for (const request of group) {
    const earlier = options.earlier?.get(request.name);
    if (earlier && !layout.places.has(request.name)) keep(request, stayed(request, earlier, inventory, ledger));
  }
  return kept;
}

/** The owner's choice, kept whatever it breaks: the rules judge it. */
function pinned(
  request: MachineRequest,
  pin: { host?: string; datastore?: string },
  kept: readonly Place[],
  inventory: Inventory,
  ledger: Ledger,
  options: LayoutOptions,
): Place | undefined {
  const device = pin.datastore === undefined ? undefined : inventory.deviceOf(pin.datastore);
  const hosts = inventory.hosts.filter(
    (h) => (pin.host === undefined || h.name === pin.host) && (!device || h.devices.includes(device)),
  );
  const occupied = new Occupied(kept);
  for (const needs of relaxations(options)) {
    for (const host of hosts) {
      const slot = device && pin.datastore !== undefined ? { device, datastore: pin.datastore } : undefined;
      const place = placesOn(host, request, ledger, occupied, needs)[0];
      if (slot === undefined && place) return place;
      if (slot && request.dataDiskGiB === undefined) return { host, system: slot };
      if (slot)
        return {
          host,
          data: slot,
          system: ledger.freeSpace(slot.device) >= request.systemDiskGiB ? slot : (place?.system ?? slot),
        };
    }
  }
  return undefined;
}

/** The place a machine already has, if the hardware is still there and carries it. */
function stayed(request: MachineRequest, earlier: Earlier, inventory: Inventory, ledger: Ledger): Place | undefined {
  const host = inventory.host(earlier.host);
  const slot = (datastore: string | undefined) => {
    const device = datastore === undefined ? undefined : inventory.deviceOf(datastore);
    return device && datastore !== undefined && host?.devices.includes(device) ? { device, datastore } : undefined;
  };
  const system = slot(earlier.system);
  const data = slot(earlier.data);
  if (!host || !system || (request.dataDiskGiB !== undefined && !data)) return undefined;
  const fits = ledger.freeMemory(host) >= request.memoryGiB && ledger.freeCpus(host) >= request.cpus;
  return fits ? { host, system, ...(data && { data }) } : undefined;
}

function placeGroup(
  open: readonly MachineRequest[],
  kept: readonly Place[],
  inventory: Inventory,
  ledger: Ledger,
  layout: Layout,
  options: LayoutOptions,
): void {
  let left = open;
  const around = [...kept];
  for (const needs of relaxations(options)) {
    const places = attempt(left, around, inventory, ledger, needs);
    const placed = places.flatMap((place, i) => (place ? [{ request: left[i] as MachineRequest, place }] : []));
    if (placed.length > 0 && needs !== FULL) {
      const dropped = NEEDS.filter((need) => !needs[need] && !(need === "media" && options.acceptMagneticDisks));
      if (dropped.length > 0) layout.shortages.push({ group: groupName(left[0] as MachineRequest), dropped });
    }
    for (const { request, place } of placed) {
      layout.places.set(request.name, place);
      around.push(place);
    }
    left = left.filter((request) => !layout.places.has(request.name));
    if (left.length === 0) return;
  }
}

/** Places for a group's machines, booked in the ledger; workers may get fewer than they asked for, the others all or none. */
function attempt(
  open: readonly MachineRequest[],
  kept: readonly Place[],
  inventory: Inventory,
  ledger: Ledger,
  needs: Needs,
): (Place | undefined)[] {
  const first = open[0] as MachineRequest;
  if (first.role === "worker") return pour(open, kept, inventory.hosts, ledger, needs);
  const places = isStore(first.role)
    ? storeGroup(open, kept, inventory, ledger, needs)
    : serverGroup(open, kept, inventory, ledger, needs);
  places?.forEach((place, i) => {
    ledger.take(open[i] as MachineRequest, place);
  });
  return places ?? open.map(() => undefined);
}

/** A store: no domain with a majority; where hosts cannot give that, all members on the most reliable one (L5). */
function storeGroup(
  open: readonly MachineRequest[],
  kept: readonly Place[],
  inventory: Inventory,
  ledger: Ledger,
  needs: Needs,
): Place[] | undefined {
  const hosts = byMerit(inventory.hosts, storeHost);
  const all = open.length + kept.length;
  const group = { requests: open, kept, hosts, mayLose: Math.ceil(all / 2) - 1, needs };
  const split = spread(group, ledger);
  if (split?.safe) return split.places;
  for (const host of hosts) {
    if (kept.some((place) => place.host !== host)) continue;
    const together = spread({ ...group, hosts: [host] }, ledger);
    if (together) return together.places;
  }
  return split?.places;
}

/** Control planes and load balancers: one must be left, whatever fails; on the hosts with most room. */
function serverGroup(
  open: readonly MachineRequest[],
  kept: readonly Place[],
  inventory: Inventory,
  ledger: Ledger,
  needs: Needs,
): Place[] | undefined {
  const hosts = byMerit(inventory.hosts, (host) => [-ledger.freeMemory(host), -host.reliability]);
  const mayLose = Math.max(1, open.length + kept.length - 1);
  return spread({ requests: open, kept, hosts, mayLose, needs }, ledger)?.places;
}

/** What makes a host fit for a store: disks that are not magnetic, then reliability, then what protects it (L4, L5). */
function storeHost(host: HostEntry): number[] {
  return [
    host.devices.some((d) => d.media !== "hdd") ? 0 : 1,
    -host.reliability,
    host.ecc ? 0 : 1,
    host.dualPower ? 0 : 1,
    host.devices.some((d) => d.redundancy !== "none") ? 0 : 1,
  ];
}

function byMerit(hosts: readonly HostEntry[], merit: (host: HostEntry) => number[]): HostEntry[] {
  return hosts
    .map((host) => ({ host, merit: merit(host) }))
    .sort((a, b) => byNumbers(a.merit, b.merit) || a.host.index - b.host.index)
    .map(({ host }) => host);
}

/** Everything a place needs; then without one of it at a time; then without any, so that every machine gets a place to judge. */
function relaxations({ acceptMagneticDisks }: LayoutOptions): Needs[] {
  const base = acceptMagneticDisks ? { ...FULL, media: false } : FULL;
  const none: Needs = { media: false, cpu: false, space: false, memory: false, devices: false };
  return [
    base,
    ...NEEDS.filter((need) => base[need]).map((need) => ({ ...base, [need]: false })),
    { ...none, devices: true },
    none,
  ];
}

export function isStore(role: Role): boolean {
  return role === "etcd" || role === "events";
}

/** What machines are placed and judged together. */
export function groupName(machine: { role: Role; pool?: string }): string {
  return machine.role === "worker" ? `worker ${machine.pool ?? ""}` : machine.role;
}
