import { DOMAIN_KINDS } from "../../description/failureDomains";
import type { MachineRequest } from "../../description/requests";
import { type DeviceEntry, type HostEntry, LEVELS, type Level } from "../hardware";
import type { Ledger, Place } from "./ledger";
import { type Needs, Occupied, placesOn } from "./slots";

/** A group of like machines that must not fail together: members of a store, control planes, load balancers. */
export interface Group {
  /** The machines that still need a place; all of one size. */
  requests: readonly MachineRequest[];
  /** Where the group's other machines are. */
  kept: readonly Place[];
  /** Hosts in the order of preference. */
  hosts: readonly HostEntry[];
  /** How many of the group may fail together without harm: a minority of a store, all but one of the others. */
  mayLose: number;
  needs: Needs;
}

export interface Spread {
  /** One for each request, in their order. */
  places: Place[];
  /** No host takes more along than the group may lose. */
  safe: boolean;
}

type CapLevel = Level | "device";
type Caps = Record<CapLevel, number>;

/** What the search protects against, most important first. */
const CAPPED: readonly CapLevel[] = ["host", "device", ...DOMAIN_KINDS];

/** Steps after which a search gives up; sites whose domains nest, as racks in rooms do, never come near it. */
const MOST_STEPS = 4_000;

/**
 * Places a group so that, in this order, no host, device or wider domain takes more of it along than it can bear,
 * and as few as possible. For each level in turn the lowest cap that still has a layout is found and kept: the result is
 * the best one in that order, found by exact search (the groups are small, and equivalent hosts are tried once).
 */
export function spread(group: Group, ledger: Ledger): Spread | undefined {
  const all = group.requests.length + group.kept.length;
  let caps: Caps = Object.fromEntries(CAPPED.map((level) => [level, all])) as Caps;
  let best = search(group, caps, ledger);
  if (best === undefined) return undefined;
  const tighten = (level: CapLevel, cap: number): boolean => {
    if (cap >= caps[level]) return true;
    const tighter = { ...caps, [level]: cap };
    const found = search(group, tighter, ledger);
    if (found) {
      best = found;
      caps = tighter;
    }
    return found !== undefined;
  };
  const safe = CAPPED.map((level) => tighten(level, group.mayLose))[0] as boolean;
  for (const level of CAPPED) {
    const inUse = largest(level, [...group.kept, ...best]);
    for (let cap = lowest(level, group, all); cap < inUse; cap++) if (tighten(level, cap)) break;
  }
  return { places: best, safe };
}

/** The best that counting alone allows at a level. */
function lowest(level: CapLevel, group: Group, all: number): number {
  const domains = new Set<string>();
  for (const host of group.hosts) {
    if (level === "device") for (const d of host.devices) domains.add(d.id);
    else {
      const name = host.domains[level];
      if (name === undefined) return 1;
      domains.add(name);
    }
  }
  return Math.max(1, Math.ceil(all / Math.max(1, domains.size)));
}

function largest(level: CapLevel, places: readonly Place[]): number {
  const counts = new Counts();
  for (const place of places) counts.add(place, 1);
  return Math.max(0, ...places.map((p) => counts.at(level, p)));
}

/** How many machines of the group each domain holds. */
class Counts {
  private readonly of = new Map<string, number>();

  add(place: Place, sign: 1 | -1): void {
    for (const level of CAPPED) {
      const key = domainKey(level, place.host, (place.data ?? place.system).device);
      if (key !== undefined) this.of.set(key, (this.of.get(key) ?? 0) + sign);
    }
  }

  at(level: CapLevel, { host, data, system }: Place): number {
    const key = domainKey(level, host, (data ?? system).device);
    return key === undefined ? 0 : (this.of.get(key) ?? 0);
  }

  onHost(host: HostEntry): number {
    return this.of.get(`host ${host.name}`) ?? 0;
  }

  /** At most how many more machines the hosts take within the caps, by the level that takes fewest. */
  room(hosts: readonly HostEntry[], caps: Caps): number {
    let fewest = Number.POSITIVE_INFINITY;
    for (const level of DOMAIN_KINDS) {
      const within = new Map<string, number>();
      let sum = 0;
      for (const host of hosts) {
        const free = caps.host - this.onHost(host);
        const name = host.domains[level];
        if (name === undefined) sum += free;
        else within.set(name, (within.get(name) ?? 0) + free);
      }
      for (const [name, free] of within) sum += Math.min(free, caps[level] - (this.of.get(`${level} ${name}`) ?? 0));
      fewest = Math.min(fewest, sum);
    }
    return fewest;
  }

  full(host: HostEntry, caps: Caps): boolean {
    return LEVELS.some((level) => {
      const name = host.domains[level];
      return name !== undefined && (this.of.get(`${level} ${name}`) ?? 0) >= caps[level];
    });
  }
}

function domainKey(level: CapLevel, host: HostEntry, device: DeviceEntry): string | undefined {
  const name = level === "device" ? device.id : host.domains[level];
  return name === undefined ? undefined : `${level} ${name}`;
}

/** One layout within the caps, the one that prefers the first hosts, or none. */
function search(group: Group, caps: Caps, ledger: Ledger): Place[] | undefined {
  const counts = new Counts();
  const occupied = new Occupied(group.kept);
  for (const place of group.kept) counts.add(place, 1);
  if (CAPPED.some((level) => group.kept.some((place) => counts.at(level, place) > caps[level]))) return undefined;
  const hosts = candidates(group, ledger, occupied);
  const placed: Place[] = [];
  let steps = 0;

  // Round r gives a host its (r + 1)th machine, so that every layout is met once and the widest ones first.
  const next = (round: number, from: number): boolean => {
    const request = group.requests[placed.length];
    if (request === undefined) return true;
    if (++steps > MOST_STEPS || counts.room(hosts, caps) < group.requests.length - placed.length) return false;
    for (let r = round; r < caps.host; r++) {
      for (let i = r === round ? from : 0; i < hosts.length; i++) {
        const host = hosts[i] as HostEntry;
        if (counts.onHost(host) !== r || counts.full(host, caps)) continue;
        for (const place of placesOn(host, request, ledger, occupied, group.needs)) {
          if (counts.at("device", place) >= caps.device) continue;
          ledger.take(request, place);
          counts.add(place, 1);
          occupied.add(place);
          placed.push(place);
          const done = next(r, i + 1);
          ledger.giveBack(request, place);
          if (done) return true;
          counts.add(place, -1);
          occupied.remove(place);
          placed.pop();
        }
      }
    }
    return false;
  };
  return next(0, 0) ? placed : undefined;
}

/** Of hosts that lie in the same domains and have storage of the same kind, the preferred few stand for all: a group never needs more of them than it has machines. */
function candidates(group: Group, ledger: Ledger, occupied: Occupied): HostEntry[] {
  const request = group.requests[0];
  if (request === undefined) return [];
  const most = group.requests.length + group.kept.length;
  if (group.hosts.length <= most) return [...group.hosts];
  const alike = new Map<string, number>();
  return group.hosts.filter((host) => {
    const places = placesOn(host, request, ledger, occupied, group.needs);
    const domains = DOMAIN_KINDS.map((kind) => host.domains[kind]);
    const shared = places.map(({ data, system }) => (data ?? system).device).filter((d) => d.shared);
    const key = [...domains, places.length > shared.length, ...shared.map((d) => d.id)].join("\n");
    const seen = alike.get(key) ?? 0;
    if (seen >= most || places.length === 0) return false;
    alike.set(key, seen + 1);
    return true;
  });
}
