import { fromNumber, parseRange, size } from "../description/ipv4";
import type { MachineRequest } from "../description/requests";
import { podBlockCount } from "../description/room";
import type { Role, SiteSpec } from "../description/spec";

/** Where the places of a role begin: room for nine of each, so that adding one moves nobody else. */
const FIRST: Partial<Record<Role, number>> = { etcd: 0, "control-plane": 9, "load-balancer": 18, events: 27 };
const WORKERS = 36;

/**
 * A place for each machine among `capacity` ones. Roles have blocks of their own, the first worker pool grows from the
 * blocks' end, a network add-on's store and the other pools from the last place down; who does not fit there takes the last free place.
 * A machine of `earlier` keeps its place; that of one which leaves is taken last, as it is there until everything else is done.
 */
export function assignPlaces(
  requests: readonly MachineRequest[],
  capacity: number,
  earlier: ReadonlyMap<string, number> = new Map(),
): Map<string, number> {
  const places = new Map<string, number>();
  const taken = new Set<number>();
  const seat = (name: string, place: number) => {
    places.set(name, place);
    taken.add(place);
  };
  for (const { name } of requests) {
    const place = earlier.get(name);
    if (place !== undefined && place >= 0 && place < capacity && !taken.has(place)) seat(name, place);
  }
  const leaving = [...earlier.values()].filter((place) => !taken.has(place));
  for (const place of leaving) taken.add(place);
  const pools = [...new Set(requests.filter((r) => r.role === "worker").map((r) => r.pool))];
  const used = new Map<string, number>();
  let fromEnd = 0;
  for (const { name, role, pool } of requests) {
    const key = `${role} ${pool ?? ""}`;
    const index = used.get(key) ?? 0;
    used.set(key, index + 1);
    const first = role === "worker" && pool === pools[0] ? WORKERS : FIRST[role];
    const wanted = first === undefined ? capacity - 1 - fromEnd++ : first + index;
    const withinBlock = FIRST[role] === undefined ? wanted >= WORKERS : index < 9;
    if (!places.has(name) && withinBlock && wanted < capacity && !taken.has(wanted)) seat(name, wanted);
  }
  const free = function* () {
    for (let last = capacity - 1; last >= 0; last--) if (!taken.has(last)) yield last;
    for (const place of leaving) if (place >= 0 && place < capacity) yield place;
  };
  const seats = free();
  for (const { name } of requests) {
    if (places.has(name)) continue;
    const { value, done } = seats.next();
    if (!done) seat(name, value);
  }
  return places;
}

/** The address of each machine. Existing servers have theirs. */
export function machineAddresses(
  spec: SiteSpec,
  requests: readonly MachineRequest[],
  earlier: ReadonlyMap<string, number>,
): Map<string, string> {
  const range = parseRange(spec.network.machines);
  const own = requests.filter((r) => r.existing === undefined);
  const before = new Map([...earlier].map(([name, address]) => [name, address - range.first]));
  const places = assignPlaces(own, size(range), before);
  return new Map(
    requests.map((r) => [r.name, r.existing?.address ?? fromNumber(range.first + (places.get(r.name) ?? 0))]),
  );
}

/** The part of the pod network that each node owns, for the `routed` pod network. */
export function podBlocks(
  spec: SiteSpec,
  requests: readonly MachineRequest[],
  earlier: ReadonlyMap<string, number>,
): Map<string, string> {
  const { podCidr, nodePodPrefix } = spec.network;
  if (spec.kubernetes.podNetwork.kind !== "routed") return new Map();
  const nodes = requests.filter((r) => r.role === "control-plane" || r.role === "worker");
  const range = parseRange(podCidr);
  const step = 2 ** (32 - nodePodPrefix);
  const before = new Map([...earlier].map(([name, address]) => [name, (address - range.first) / step]));
  const places = assignPlaces(nodes, podBlockCount(spec), before);
  return new Map(
    nodes.map((r) => [r.name, `${fromNumber(range.first + (places.get(r.name) ?? 0) * step)}/${nodePodPrefix}`]),
  );
}
