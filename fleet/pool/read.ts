import { RESERVED } from "../../site/description/checks/addresses";
import { contains, overlap, parseRange, prefixLength, type Range, size } from "../../site/description/ipv4";
import type { Problem } from "../../site/description/problem";
import { DocumentReader } from "../document";
import { type Pool, poolSchema } from "./schema";

const reader = new DocumentReader<Pool>(poolSchema);

/** Reads a pool file; every problem it has, with the path in it. */
export function readPool(document: unknown): { pool: Pool } | { problems: Problem[] } {
  const read = reader.read(document);
  if ("problems" in read) return read;
  const problems = inconsistencies(read.value);
  return problems.length > 0 ? { problems } : { pool: read.value };
}

function inconsistencies({ networks }: Pool): Problem[] {
  return networks.flatMap((network, i): Problem[] => {
    const path = `networks[${i}]`;
    const range = parseRange(network.cidr);
    const earlier = networks.findIndex((other, j) => j < i && overlap(parseRange(other.cidr), range));
    const problems: Problem[] = [];
    if (earlier >= 0)
      problems.push({
        path: `${path}.cidr`,
        fact: `${network.cidr} overlaps networks[${earlier}].cidr ${networks[earlier]?.cidr}`,
        fix: "use blocks that do not overlap",
      });
    const reserved = RESERVED.find(([block]) => overlap(parseRange(block), range));
    if (reserved)
      problems.push({
        path: `${path}.cidr`,
        fact: `${network.cidr} meets ${reserved[0]}, which ${reserved[1]}`,
        fix: "use a private network, for example 10.0.0.0/16",
      });
    network.except.forEach((text, j) => {
      if (parseRange(text).first > parseRange(text).last)
        problems.push({
          path: `${path}.except[${j}]`,
          fact: `${text} runs backwards`,
          fix: "write the lower address first",
        });
    });
    if (network.kind === "segment" && network.addresses > size(range))
      problems.push({
        path: `${path}.addresses`,
        fact: `${network.cidr} has ${size(range)} addresses, and each site would get ${network.addresses}`,
        fix: "use fewer, or a larger network",
      });
    if (network.kind === "block" && network.prefixLength < prefixLength(network.cidr))
      problems.push({
        path: `${path}.prefixLength`,
        fact: `a /${network.prefixLength} is larger than ${network.cidr}`,
        fix: `use ${prefixLength(network.cidr)} or more`,
      });
    if (network.kind === "segment" && !contains(range, parseRange(network.gateway).first))
      problems.push({
        path: `${path}.gateway`,
        fact: `${network.gateway} is outside ${network.cidr}`,
        fix: "use the segment's router",
      });
    if (network.kind === "segment" && isEdge(range, network))
      problems.push({
        path: `${path}.gateway`,
        fact: `${network.gateway} is the network or the broadcast address of ${network.cidr}`,
        fix: "use the segment's router",
      });
    if (network.kind === "segment" && (network.serviceAddresses ?? 0) > network.addresses - 4)
      problems.push({
        path: `${path}.serviceAddresses`,
        fact: `${network.serviceAddresses} of ${network.addresses} addresses for Services leave too few for machines`,
        fix: "use fewer, or give each site more addresses",
      });
    return problems;
  });
}

/** Whether a router has an address that nobody has: the first or the last one of its network. */
function isEdge({ first, last }: Range, { cidr, gateway }: { cidr: string; gateway: string }): boolean {
  const { first: address } = parseRange(gateway);
  return prefixLength(cidr) < 31 && (address === first || address === last);
}
