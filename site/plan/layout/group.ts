import { byNumbers } from "../../description/order";
import type { MachineRequest } from "../../description/requests";
import type { Hardware, HostEntry } from "../hardware";
import type { Ledger, Place } from "./ledger";
import { type Needs, Occupied } from "./slots";
import { type Spread, spread } from "./spread";

export interface GroupTask {
  /** Machines that the owner has not placed. */
  open: readonly MachineRequest[];
  /** Where they run already, booked in the ledger. */
  staying: ReadonlyMap<string, Place>;
  /** Where the group's other machines are. */
  settled: readonly Place[];
  hardware: Hardware;
  ledger: Ledger;
  needs: Needs;
  /** Notes why a machine cannot stay. */
  moved: Map<string, string>;
}

type Strategy = (open: readonly MachineRequest[], kept: readonly Place[]) => Spread | undefined;

/** A store: no domain with a majority; where hosts cannot give that, all members on the most reliable one (L5). */
export function placeStore(task: GroupTask): Map<string, Place> {
  const { hardware, ledger, needs } = task;
  const hosts = byMerit(hardware.hosts, storeMerit);
  const why = "no host may hold a majority, no device two members";
  return placeWithFewestMoves(task, why, (requests, kept) => {
    const group = { requests, kept, hosts, mayLose: Math.ceil((requests.length + kept.length) / 2) - 1, needs };
    const split = spread(group, ledger);
    if (split?.safe) return split;
    // An even number: one lost host may end it, but none holds a majority.
    if (split && hosts.length > 2 && noMajority([...kept, ...split.places])) return split;
    for (const host of hosts) {
      if (kept.some((place) => place.host !== host)) continue;
      const together = spread({ ...group, hosts: [host] }, ledger);
      if (together) return { ...together, safe: hosts.length < 3 };
    }
    return split && { ...split, safe: hosts.length < 3 };
  });
}

/** Control planes and load balancers: one must be left, whatever fails; on the hosts with most room. */
export function placeServers(task: GroupTask): Map<string, Place> {
  const { hardware, ledger, needs } = task;
  return placeWithFewestMoves(task, "one of its kind must be on another host", (requests, kept) => {
    const hosts = byMerit(hardware.hosts, (host) => [-ledger.freeMemory(host), -host.reliability]);
    const mayLose = Math.max(1, requests.length + kept.length - 1);
    return spread({ requests, kept, hosts, mayLose, needs }, ledger);
  });
}

/** Leaves as many machines where they are as a safe layout allows; if none is safe, as any layout allows. */
function placeWithFewestMoves(task: GroupTask, why: string, strategy: Strategy): Map<string, Place> {
  const { open, staying, settled, ledger, needs, moved } = task;
  const running = open.filter((r) => staying.has(r.name));
  let fallback: { leaving: readonly MachineRequest[]; places: Place[] } | undefined;
  const give = (leaving: readonly MachineRequest[]) => {
    for (const r of leaving) ledger.giveBack(r, staying.get(r.name) as Place);
  };
  const takeBack = (leaving: readonly MachineRequest[]) => {
    for (const r of leaving) ledger.take(r, staying.get(r.name) as Place);
  };
  const settle = (leaving: readonly MachineRequest[], places: readonly Place[]): Map<string, Place> => {
    give(leaving);
    const found = new Map<string, Place>();
    for (const r of running) if (!leaving.includes(r)) found.set(r.name, staying.get(r.name) as Place);
    open
      .filter((r) => !found.has(r.name))
      .forEach((request, i) => {
        const place = places[i] as Place;
        ledger.take(request, place);
        found.set(request.name, place);
        if (leaving.includes(request)) moved.set(request.name, why);
      });
    return found;
  };
  for (const leaving of subsets(running)) {
    const kept = running.filter((r) => !leaving.includes(r)).map((r) => staying.get(r.name) as Place);
    if (needs.devices && !apart([...settled, ...kept])) continue;
    give(leaving);
    const fresh = open.filter((r) => !staying.has(r.name) || leaving.includes(r));
    const result = strategy(fresh, [...settled, ...kept]);
    takeBack(leaving);
    if (result?.safe) return settle(leaving, result.places);
    if (result && !fallback) fallback = { leaving, places: result.places };
  }
  return fallback ? settle(fallback.leaving, fallback.places) : new Map();
}

/** No two members on one device, or on one partition of a redundant one. */
function apart(places: readonly Place[]): boolean {
  const occupied = new Occupied([]);
  return places.every((place) => {
    if (!place.data) return true;
    const { device, datastore } = place.data;
    const others = occupied.on(device);
    occupied.add(place);
    return others.length === 0 || (device.redundancy !== "none" && !others.includes(datastore));
  });
}

/** Every choice of machines, smallest first; the last machines leave first. */
function* subsets<T>(items: readonly T[]): Generator<readonly T[]> {
  const all = Array.from({ length: 2 ** items.length }, (_, mask) => mask);
  const size = (mask: number) => mask.toString(2).replaceAll("0", "").length;
  for (const mask of all.sort((a, b) => size(a) - size(b) || b - a)) yield items.filter((_, i) => mask & (1 << i));
}

function noMajority(places: readonly Place[]): boolean {
  return places.every(({ host }) => places.filter((p) => p.host === host).length <= places.length / 2);
}

/** What makes a host fit for a store: disks that are not magnetic, then reliability, then what protects it (L4, L5). */
function storeMerit(host: HostEntry): number[] {
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
