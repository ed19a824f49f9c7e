import type { MachineRequest } from "../../description/requests";
import { isStore } from "../../description/stores";
import type { Hardware, HostEntry } from "../hardware";
import type { Ledger, Place } from "./ledger";
import { type Needs, Occupied, placesOn } from "./slots";

/** Above these a site is left to the placement group by group, which finds a layout wherever there is some room. */
const MOST_HOSTS = 6;
const MOST_MACHINES = 40;
/** Steps after which the search gives up. */
const MOST_STEPS = 3_000;

export interface ExactTask {
  /** The machines in groups, those that have a place already included. */
  groups: readonly (readonly MachineRequest[])[];
  /** Places that are given: the owner's own, and those of machines that run. They are booked in the ledger. */
  given: ReadonlyMap<string, Place>;
  hardware: Hardware;
  ledger: Ledger;
  needs: Needs;
  /** Whether a group may lie as it does, as far as it is placed. */
  bears(group: readonly MachineRequest[], places: ReadonlyMap<string, Place>): boolean;
  /** Whether what must keep running survives the loss of any host. */
  survives(places: ReadonlyMap<string, Place>): boolean;
}

/**
 * A layout of all groups together that keeps every rule, for small and full sites: placed one after the other, one group may
 * take what another one needs. Tries every arrangement, like machines and what cannot fit left out; none if there is none.
 */
export function exactLayout(task: ExactTask): Map<string, Place> | undefined {
  const { groups, given, hardware, ledger, needs } = task;
  // Large machines first: small ones fit into what those leave.
  const open = [...groups]
    .sort((a, b) => (b[0]?.memoryGiB ?? 0) - (a[0]?.memoryGiB ?? 0))
    .flatMap((group) => group.filter((r) => !given.has(r.name)).map((request) => ({ request, group })));
  const lastWorker = open.findLastIndex(({ request }) => request.role === "worker");
  if (hardware.hosts.length > MOST_HOSTS || open.length > MOST_MACHINES) return undefined;
  const places = new Map(given);
  const dead = new Set<string>();
  let steps = 0;

  const next = (i: number, from: number, occupied: Occupied): boolean => {
    const entry = open[i];
    if (i === lastWorker + 1 && !task.survives(places)) return false;
    if (entry === undefined) return true;
    const { request, group } = entry;
    if (++steps > MOST_STEPS || !enough(open.slice(i), hardware.hosts, ledger)) return false;
    const first = open[i - 1]?.group !== group;
    const state = stateOf(i, first ? 0 : from, group, places, hardware, ledger);
    if (dead.has(state)) return false;
    const here = first ? new Occupied(placesOf(group, places)) : occupied;
    for (let h = first ? 0 : from; h < hardware.hosts.length; h++) {
      const host = hardware.hosts[h] as HostEntry;
      for (const place of placesOn(host, request, ledger, here, needs, "every")) {
        places.set(request.name, place);
        if (task.bears(group, places) && unshared(request, group, places)) {
          ledger.take(request, place);
          here.add(place);
          if (next(i + 1, h, here)) return true;
          here.remove(place);
          ledger.giveBack(request, place);
        }
        places.delete(request.name);
      }
    }
    dead.add(state);
    return false;
  };
  return next(0, 0, new Occupied([])) ? places : undefined;
}

/** L3: no device, but a redundant one, has disks of two members of a store. */
function unshared(
  request: MachineRequest,
  group: readonly MachineRequest[],
  places: ReadonlyMap<string, Place>,
): boolean {
  const { data, system } = places.get(request.name) as Place;
  if (data === undefined || !isStore(request.role)) return true;
  return group.every((other) => {
    const place = other === request ? undefined : places.get(other.name);
    const shared =
      place && [data.device, system.device].filter((d) => d === place.data?.device || d === place.system.device);
    return shared === undefined || shared.every((d) => d.redundancy !== "none");
  });
}

/** What decides whether the rest finds places: what is free, where workers are, and where the rest of the group is. */
function stateOf(
  i: number,
  from: number,
  group: readonly MachineRequest[],
  places: ReadonlyMap<string, Place>,
  hardware: Hardware,
  ledger: Ledger,
): string {
  const free = hardware.hosts.map((h) => `${ledger.freeMemory(h)} ${ledger.freeCpus(h)} ${ledger.workersOn(h)}`);
  const space = hardware.devices.map((d) => `${ledger.freeSpace(d)} ${ledger.dataOn(d)} ${ledger.holdsVolumes(d)}`);
  const own = placesOf(group, places).map((p) => `${p.host.name} ${p.data?.device.id} ${p.system.device.id}`);
  return [i, from, ...free, ...space, ...own.sort()].join("\n");
}

function placesOf(group: readonly MachineRequest[], places: ReadonlyMap<string, Place>): Place[] {
  return group.flatMap((r) => places.get(r.name) ?? []);
}

/** Whether a group may lie as it does, as far as it is placed: no majority of a store on one of three hosts, servers on two. */
export function bearable(group: readonly MachineRequest[], places: ReadonlyMap<string, Place>, hosts: number): boolean {
  const role = group[0]?.role;
  if (role === undefined || role === "worker" || group.length < 2) return true;
  const counts = new Map<string, number>();
  for (const { host } of placesOf(group, places)) counts.set(host.name, (counts.get(host.name) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return isStore(role) ? hosts < 3 || most <= group.length / 2 : hosts < 2 || most < group.length;
}

/** Whether the hosts together have the memory and CPUs for the rest, and each machine finds one that has its own. */
function enough(rest: readonly { request: MachineRequest }[], hosts: readonly HostEntry[], ledger: Ledger): boolean {
  let [memory, cpus] = [0, 0];
  for (const host of hosts) {
    memory += ledger.freeMemory(host);
    cpus += ledger.freeCpus(host);
  }
  let last: MachineRequest | undefined;
  for (const { request } of rest) {
    memory -= request.memoryGiB;
    cpus -= request.cpus;
    if (request.memoryGiB === last?.memoryGiB && request.cpus === last.cpus) continue;
    if (!hosts.some((h) => ledger.freeMemory(h) >= request.memoryGiB && ledger.freeCpus(h) >= request.cpus))
      return false;
    last = request;
  }
  return memory >= 0 && cpus >= 0;
}
