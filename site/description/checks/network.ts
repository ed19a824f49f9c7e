import { capabilitiesOf } from "../hypervisors";
import { contains, overlap, parseRange, prefixLength, type Range, toNumber } from "../ipv4";
import type { Problem } from "../problem";
import { roomFor } from "../room";
import type { SiteSpec } from "../spec";

/** Addresses: inside the network, not used twice, blocks that do not overlap. */
export function consistentNetwork(spec: SiteSpec): Problem[] {
  const { network, loadBalancer, hypervisor } = spec;
  const problems: Problem[] = [];
  const add = (path: string, fact: string, fix: string) => problems.push({ path: `network.${path}`, fact, fix });
  if (!inBounds(network.machines)) {
    add("machines", `${network.machines} is not a range of IPv4 addresses`, "use first-last, each part at most 255");
    return problems;
  }
  const net = parseRange(network.cidr);
  const machines = parseRange(network.machines);
  const usable = prefixLength(network.cidr) >= 31 ? net : { first: net.first + 1, last: net.last - 1 };
  const gateway = toNumber(network.gateway);

  if (!contains(usable, gateway))
    add("gateway", `${network.gateway} is outside ${network.cidr}`, `use an address of ${network.cidr}`);
  if (machines.first > machines.last)
    add("machines", `${network.machines} runs backwards`, "write the lower address first");
  else if (!contains(usable, machines.first) || !contains(usable, machines.last))
    add("machines", `${network.machines} is not inside ${network.cidr}`, `use addresses of ${network.cidr}`);
  if (capabilitiesOf(hypervisor.kind).makesMachines && contains(machines, gateway))
    add(
      "machines",
      `${network.machines} contains the gateway ${network.gateway}`,
      "leave the gateway out of the range",
    );
  if (network.apiVip !== undefined) {
    const vip = toNumber(network.apiVip);
    if (!contains(usable, vip))
      add("apiVip", `${network.apiVip} is outside ${network.cidr}`, `use a free address of ${network.cidr}`);
    if (vip === gateway) add("apiVip", `${network.apiVip} is the gateway`, "use a free address");
    if (contains(machines, vip))
      add("apiVip", `${network.apiVip} is inside machines ${network.machines}`, "use an address outside that range");
  } else if (loadBalancer.kind === "haproxy")
    add(
      "apiVip",
      "it is missing",
      "give haproxy load balancers a virtual address, or use loadBalancer.kind external or dns",
    );

  const blocks: [string, Range][] = [
    ["cidr", net],
    ["podCidr", parseRange(network.podCidr)],
    ["serviceCidr", parseRange(network.serviceCidr)],
  ];
  blocks.forEach(([a, rangeA], i) => {
    for (const [b, rangeB] of blocks.slice(i + 1))
      if (overlap(rangeA, rangeB))
        add(
          b,
          `${network[b as "podCidr"]} overlaps network.${a} ${network[a as "cidr"]}`,
          "use blocks that do not overlap",
        );
  });
  if (prefixLength(network.podCidr) > network.nodePodPrefix)
    add(
      "podCidr",
      `${network.podCidr} is smaller than one node's /${network.nodePodPrefix}`,
      "use a larger block or a longer nodePodPrefix",
    );
  const room = roomFor(spec);
  if (machines.first <= machines.last && room.machines > room.addresses)
    add(
      "machines",
      `${network.machines} holds ${room.addresses} addresses for ${room.machines} machines`,
      "use a larger range, or fewer machines",
    );
  if (room.nodes > room.podBlocks)
    add(
      "podCidr",
      `${network.podCidr} holds ${room.podBlocks} nodes' /${network.nodePodPrefix}, there are ${room.nodes} nodes`,
      "use a larger block, or a longer nodePodPrefix",
    );
  if (prefixLength(network.serviceCidr) > 28 || prefixLength(network.serviceCidr) < 12)
    add("serviceCidr", `${network.serviceCidr} has an unfit size`, "use a block from /12 to /28");
  return problems;
}

function inBounds(range: string): boolean {
  return range.split(/[-.]/).every((part) => Number(part) <= 255);
}
