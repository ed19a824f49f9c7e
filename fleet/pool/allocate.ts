import { contains, fromNumber, overlap, parseRange, prefixLength, type Range, size } from "../../site/description/ipv4";
import { virtualRouterId } from "../../site/plan/virtualRouter";
import type { Holding } from "../site/holding";
import type { Block, Given, Pool, Segment } from "./schema";

/**
 * What a new site gets: the first network of the pool's blocks, or the first part of its segments, that no site has. None if the pool
 * is exhausted.
 *
 * @param taken what all other sites hold
 */
export function allocate(pool: Pool, taken: readonly Holding[]): Given | undefined {
  for (const network of pool.networks) {
    const given = network.kind === "block" ? ownNetwork(network, taken) : partOf(network, taken);
    if (given) return given;
  }
  return undefined;
}

function ownNetwork({ cidr, prefixLength: length, except }: Block, taken: readonly Holding[]): Given | undefined {
  const free = parts(parseRange(cidr), 2 ** (32 - length), [...except.map(parseRange), ...taken.map((t) => t.network)]);
  for (const { first } of free) return { cidr: `${fromNumber(first)}/${length}` };
  return undefined;
}

function partOf(
  { cidr, gateway, addresses, serviceAddresses = 0, except }: Segment,
  taken: readonly Holding[],
): Given | undefined {
  const range = parseRange(cidr);
  const others = taken.filter(({ network }) => overlap(network, range));
  // Whoever has a network that overlaps the segment without being it has all of that.
  const held = others.flatMap(({ network, addresses: own, services, vip }) =>
    network.first === range.first && network.last === range.last
      ? [...own, ...(services ? [services] : []), ...(vip === undefined ? [] : [parseRange(vip)])]
      : [network],
  );
  const ids = new Set(others.flatMap(({ vip }) => (vip === undefined ? [] : [virtualRouterId(vip)])));
  const edges = prefixLength(cidr) < 31 ? [range.first, range.last] : [];
  const nobodys = [...edges, parseRange(gateway).first].map((address) => ({ first: address, last: address }));
  for (const part of parts(range, addresses, [...except.map(parseRange), ...held, ...nobodys])) {
    const lastMachine = part.last - serviceAddresses;
    const vip = Array.from({ length: size(part) - serviceAddresses - 1 }, (_, i) => part.first + i).find(
      (address) => !ids.has(virtualRouterId(fromNumber(address))),
    );
    // Those before the virtual address stay unused: they are few, and a range has no holes.
    if (vip !== undefined)
      return {
        cidr,
        gateway,
        apiVip: fromNumber(vip),
        machines: `${fromNumber(vip + 1)}-${fromNumber(lastMachine)}`,
        ...(serviceAddresses > 0 && {
          serviceAddresses: `${fromNumber(lastMachine + 1)}-${fromNumber(part.last)}`,
        }),
      };
  }
  return undefined;
}

/** The parts of a range, all of one size, that nothing of `held` lies in. */
function* parts(range: Range, length: number, held: readonly Range[]): Generator<Range> {
  const inside = held.filter((one) => overlap(one, range)).sort((a, b) => a.first - b.first);
  let next = 0;
  let reached = -1;
  for (let first = range.first; first + length - 1 <= range.last; first += length) {
    const part = { first, last: first + length - 1 };
    while (next < inside.length && (inside[next] as Range).first <= part.last)
      reached = Math.max(reached, (inside[next++] as Range).last);
    if (!contains({ first: 0, last: reached }, part.first)) yield part;
  }
}
