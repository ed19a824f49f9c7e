import type { MachineRequest } from "../../description/requests";
import { type HostEntry, LEVELS } from "../hardware";
import type { Ledger, Place } from "./ledger";
import { carries, type Needs, Occupied, placesOn } from "./slots";

/**
 * Places the workers of a pool one by one: each where the widest domain has fewest of the pool, then the next narrower one,
 * then where most memory is free. Linear in workers × hosts, with whole numbers only, for sites of thousands.
 */
export function pour(
  requests: readonly MachineRequest[],
  kept: readonly Place[],
  hosts: readonly HostEntry[],
  ledger: Ledger,
  needs: Needs,
): (Place | undefined)[] {
  const domains = LEVELS.map((level) => numbered(hosts, (host) => host.domains[level]));
  const counts = domains.map(({ size }) => new Int32Array(size));
  const position = new Map(hosts.map((host, i) => [host.name, i]));
  const free = Float64Array.from(hosts, (host) => ledger.freeMemory(host));
  const taken = hosts.map(() => new Occupied([]));
  const full = new Uint8Array(hosts.length);
  const note = (place: Place) => {
    const i = position.get(place.host.name);
    if (i === undefined) return;
    domains.forEach(({ of }, level) => {
      const count = counts[level] as Int32Array;
      const domain = of[i] as number;
      count[domain] = (count[domain] as number) + 1;
    });
    taken[i]?.add(place);
  };
  for (const place of kept) note(place);

  const better = (a: number, b: number): boolean => {
    for (let level = 0; level < domains.length; level++) {
      const of = (domains[level] as Numbered).of;
      const count = counts[level] as Int32Array;
      const difference = (count[of[a] as number] as number) - (count[of[b] as number] as number);
      if (difference !== 0) return difference < 0;
    }
    return (free[a] as number) > (free[b] as number);
  };

  return requests.map((request) => {
    for (;;) {
      let best = -1;
      for (let i = 0; i < hosts.length; i++) if (full[i] === 0 && (best < 0 || better(i, best))) best = i;
      const host = hosts[best];
      if (host === undefined) return undefined;
      const place = carries(host, request, ledger, needs)
        ? placesOn(host, request, ledger, taken[best] as Occupied, needs)[0]
        : undefined;
      if (place === undefined) {
        full[best] = 1;
        continue;
      }
      ledger.take(request, place);
      free[best] = ledger.freeMemory(host);
      note(place);
      return place;
    }
  });
}

interface Numbered {
  /** The domain's number, by host. */
  of: Int32Array;
  size: number;
}

/** Numbers the domains of a level. A host outside all of them is a domain of its own. */
function numbered(hosts: readonly HostEntry[], domain: (host: HostEntry) => string | undefined): Numbered {
  const numbers = new Map<string, number>();
  const named = hosts.some((host) => domain(host) !== undefined);
  const of = Int32Array.from(hosts, (host) => {
    if (!named) return 0;
    const key = domain(host) ?? `\n${host.name}`;
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key) as number;
  });
  return { of, size: Math.max(1, numbers.size) };
}
