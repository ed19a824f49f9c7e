import type { MachineRequest } from "../description/requests";
import { roomForPods } from "../description/roomForPods";
import type { Role } from "../description/spec";
import { isStore } from "../description/stores";
import type { Hardware } from "./hardware";
import { bearable, exactLayout } from "./layout/exact";
import { placeServers, placeStore } from "./layout/group";
import { Ledger, type Place } from "./layout/ledger";
import { pinnedPlace } from "./layout/pinned";
import { pour } from "./layout/pour";
import { NEEDS, type Needs } from "./layout/slots";
import { type Earlier, placeWithin, stay } from "./layout/stay";
import type { Shortage } from "./model";

export interface Layout {
  places: Map<string, Place>;
  shortages: Shortage[];
  /** Why a machine of the earlier plan is not where it was. */
  moved: Map<string, string>;
}

export interface LayoutOptions {
  /** Magnetic disks are accepted by name. */
  acceptMagneticDisks: boolean;
  /** What must keep running after the loss of any host. */
  workload?: { cpus: number; memoryGiB: number };
  /** What the site itself runs on every worker. */
  onEachWorker?: { cpus: number; memoryGiB: number };
  /** Roles whose machines may lie together. */
  together?: readonly Role[];
  /** What already runs, by machine name. It stays where it is as long as that can be. */
  earlier?: ReadonlyMap<string, Earlier>;
}

const FULL: Needs = { media: true, cpu: true, space: true, memory: true, devices: true };

/** How often the order of groups is changed before a shortage is believed. */
const MOST_ORDERS = 8;

/**
 * Who runs where, on which device. Stores first, they are the hardest to place, then what serves the API, then workers.
 * Where a group finds no place, it is placed before the others in another attempt; the attempt with the fewest shortages wins.
 */
export function layOut(requests: readonly MachineRequest[], hardware: Hardware, options: LayoutOptions): Layout {
  let order = groups(requests);
  let best = attemptLayout(order, hardware, options, true);
  const tried = new Set<string>();
  for (let i = 0; i < MOST_ORDERS && best.shortages.length > 0; i++) {
    // What runs is held for every group at once, and when that leaves no room only until the group's turn.
    const layout = i === 0 && !options.earlier ? best : attemptLayout(order, hardware, options, false);
    if (harm(layout) < harm(best)) best = layout;
    const short = new Set(layout.shortages.map((s) => s.group));
    const first = order.filter((g) => short.has(groupName(g[0] as MachineRequest)));
    order = [...first, ...order.filter((g) => !first.includes(g))];
    const key = order.map((g) => groupName(g[0] as MachineRequest)).join("\n");
    if (tried.has(key)) break;
    tried.add(key);
  }
  return isSound(order, best.places, hardware, options) && best.shortages.length === 0
    ? best
    : (togetherLayout(order, hardware, options) ?? best);
}

/** Whether every group lies as it may, and the workload survives the loss of any host. */
function isSound(
  order: readonly MachineRequest[][],
  places: ReadonlyMap<string, Place>,
  hardware: Hardware,
  options: LayoutOptions,
): boolean {
  const hosts = hardware.hosts.length;
  return (
    order.every((group) => mayLieTogether(group, options) || bearable(group, places, hosts)) &&
    survives(order.flat(), places, hardware, options)
  );
}

function mayLieTogether(group: readonly MachineRequest[], { together = [] }: LayoutOptions): boolean {
  return together.includes((group[0] as MachineRequest).role);
}

/** All groups at once, around what the owner placed and what runs; none if that keeps no rule better. */
function togetherLayout(
  order: readonly MachineRequest[][],
  hardware: Hardware,
  options: LayoutOptions,
): Layout | undefined {
  const ledger = new Ledger();
  const layout: Layout = { places: new Map(), shortages: [], moved: new Map() };
  const staying = new Map<string, Place>();
  for (const group of order) settlePinned(group, hardware, ledger, layout, options);
  for (const group of order) {
    const open = group.filter((r) => !layout.places.has(r.name));
    stay(open, options.earlier, hardware, ledger, layout.moved, staying);
  }
  const needs = relaxations(options)[0] as Needs;
  const given = new Map([...layout.places, ...staying]);
  const groups = order.map((group) => [...group]);
  const places = exactLayout({
    groups,
    given,
    hardware,
    ledger,
    needs,
    bears: (group, found) => mayLieTogether(group, options) || bearable(group, found, hardware.hosts.length),
    survives: (found) => survives(order.flat(), found, hardware, options),
  });
  return places && { ...layout, places };
}

/** L11: without any one host, the other workers have for pods what must keep running. */
function survives(
  requests: readonly MachineRequest[],
  places: ReadonlyMap<string, Place>,
  hardware: Hardware,
  { workload, onEachWorker }: LayoutOptions,
): boolean {
  if (workload === undefined || hardware.hosts.length < 2) return true;
  const left = { cpus: 0, memoryGiB: 0 };
  const on = new Map<string, { cpus: number; memoryGiB: number }>();
  for (const request of requests.filter((r) => r.role === "worker")) {
    const room = roomForPods({ onEachWorker }, request);
    const host = places.get(request.name)?.host.name ?? "";
    const there = on.get(host) ?? { cpus: 0, memoryGiB: 0 };
    on.set(host, { cpus: there.cpus + room.cpus, memoryGiB: there.memoryGiB + room.memoryGiB });
    left.cpus += room.cpus;
    left.memoryGiB += room.memoryGiB;
  }
  return [...on.values(), { cpus: 0, memoryGiB: 0 }].every(
    (gone) => left.cpus - gone.cpus >= workload.cpus && left.memoryGiB - gone.memoryGiB >= workload.memoryGiB,
  );
}

/** How bad a layout's shortages are: etcd's outweighs all others. */
function harm({ shortages }: Layout): number {
  return shortages.reduce((sum, { group }) => sum + (group === "etcd" ? 1000 : 1), 0);
}

/** The machines in groups that are placed together: one a role, one a worker pool. */
function groups(requests: readonly MachineRequest[]): MachineRequest[][] {
  const byGroup = new Map<string, MachineRequest[]>();
  for (const request of requests) {
    const key = groupName(request);
    const group = byGroup.get(key);
    if (group) group.push(request);
    else byGroup.set(key, [request]);
  }
  return [...byGroup.values()];
}

function attemptLayout(
  order: readonly MachineRequest[][],
  hardware: Hardware,
  options: LayoutOptions,
  holdAll: boolean,
): Layout {
  const ledger = new Ledger();
  const layout: Layout = { places: new Map(), shortages: [], moved: new Map() };
  const staying = new Map<string, Place>();
  const hold = (group: readonly MachineRequest[]) =>
    stay(group, options.earlier, hardware, ledger, layout.moved, staying);
  for (const group of order) settlePinned(group, hardware, ledger, layout, options);
  if (holdAll) for (const group of order) hold(group.filter((r) => !layout.places.has(r.name)));
  for (const group of order) {
    const open = group.filter((r) => !layout.places.has(r.name));
    if (!holdAll) hold(open);
    placeGroup(group, open, staying, hardware, ledger, layout, options);
  }
  return layout;
}

/** The owner's own choices, whatever they break: the rules judge them. */
function settlePinned(
  group: readonly MachineRequest[],
  hardware: Hardware,
  ledger: Ledger,
  layout: Layout,
  options: LayoutOptions,
): void {
  const kept: Place[] = [];
  for (const request of group) {
    const before = options.earlier?.get(request.name);
    const place =
      request.pin &&
      (placeWithin(request, before, request.pin, hardware, ledger) ??
        pinnedPlace(request, request.pin, kept, hardware, ledger, relaxations(options)));
    if (!place) continue;
    ledger.take(request, place);
    layout.places.set(request.name, place);
    layout.moved.set(request.name, "the owner places it there");
    kept.push(place);
  }
}

function placeGroup(
  group: readonly MachineRequest[],
  open: readonly MachineRequest[],
  staying: ReadonlyMap<string, Place>,
  hardware: Hardware,
  ledger: Ledger,
  layout: Layout,
  options: LayoutOptions,
): void {
  let left = open;
  for (const needs of relaxations(options)) {
    if (left.length === 0) return;
    const settled = group.flatMap((r) => layout.places.get(r.name) ?? []);
    const found = attempt(left, staying, settled, hardware, ledger, needs, layout.moved);
    const dropped = NEEDS.filter((need) => !needs[need] && !(need === "media" && options.acceptMagneticDisks));
    if (found.size > 0 && dropped.length > 0)
      layout.shortages.push({ group: groupName(left[0] as MachineRequest), dropped });
    for (const [name, place] of found) layout.places.set(name, place);
    left = left.filter((request) => !layout.places.has(request.name));
  }
}

/** Places for a group's machines, booked in the ledger; workers may get fewer than they asked for, the others all or none. */
function attempt(
  open: readonly MachineRequest[],
  staying: ReadonlyMap<string, Place>,
  settled: readonly Place[],
  hardware: Hardware,
  ledger: Ledger,
  needs: Needs,
  moved: Map<string, string>,
): Map<string, Place> {
  const role = (open[0] as MachineRequest).role;
  if (role !== "worker") {
    const place = isStore(role) ? placeStore : placeServers;
    return place({ open, staying, settled, hardware, ledger, needs, moved });
  }
  const found = new Map(open.flatMap((r) => (staying.has(r.name) ? [[r.name, staying.get(r.name) as Place]] : [])));
  const fresh = open.filter((r) => !found.has(r.name));
  const places = pour(fresh, [...settled, ...found.values()], hardware.hosts, ledger, needs);
  fresh.forEach(({ name }, i) => {
    const place = places[i];
    if (place) found.set(name, place);
  });
  return found;
}

/** Everything a place needs; then without one of it at a time; then without any, so that every machine gets a place to judge. */
function relaxations({ acceptMagneticDisks }: LayoutOptions): Needs[] {
  const base = acceptMagneticDisks ? { ...FULL, media: false } : FULL;
  const none: Needs = { media: false, cpu: false, space: false, memory: false, devices: false };
  const single = NEEDS.filter((need) => base[need]).map((need) => ({ ...base, [need]: false }));
  return [base, ...single, { ...none, devices: true }, none];
}

/** What machines are placed and judged together. */
export function groupName(machine: { role: Role; pool?: string }): string {
  return machine.role === "worker" ? `worker ${machine.pool ?? ""}` : machine.role;
}
