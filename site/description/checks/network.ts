import { contains, parseRange, prefixLength, toNumber } from "../ipv4";
import type { Problem } from "../problem";
import { roomFor } from "../room";
import { atMaximumWords } from "../scale";
import type { SiteSpec } from "../spec";

/** The network's own addresses: inside it, and enough of them. What they share with others is `consistentAddresses`. */
export function consistentNetwork(spec: SiteSpec): Problem[] {
  const { network, loadBalancer } = spec;
  const problems: Problem[] = [];
  const add = (path: string, fact: string, fix: string) => problems.push({ path: `network.${path}`, fact, fix });
  const net = parseRange(network.cidr);
  const machines = parseRange(network.machines);

  if (!contains(net, toNumber(network.gateway)))
    add("gateway", `${network.gateway} is outside ${network.cidr}`, `use an address of ${network.cidr}`);
  if (machines.first > machines.last)
    add("machines", `${network.machines} runs backwards`, "write the lower address first");
  else if (!contains(net, machines.first) || !contains(net, machines.last))
    add("machines", `${network.machines} is not inside ${network.cidr}`, `use addresses of ${network.cidr}`);
  if (network.apiVip !== undefined) {
    if (!contains(net, toNumber(network.apiVip)))
      add("apiVip", `${network.apiVip} is outside ${network.cidr}`, `use a free address of ${network.cidr}`);
  } else if (loadBalancer.kind === "haproxy")
    add(
      "apiVip",
      "it is missing",
      "give haproxy load balancers a virtual address, or use loadBalancer.kind external or dns",
    );

  const room = roomFor(spec);
  if (prefixLength(network.podCidr) > network.nodePodPrefix)
    add(
      "podCidr",
      `${network.podCidr} is smaller than one node's /${network.nodePodPrefix}`,
      "use a larger block or a longer nodePodPrefix",
    );
  else if (room.nodes > room.podBlocks)
    add(
      "podCidr",
      `${network.podCidr} holds ${room.podBlocks} nodes' /${network.nodePodPrefix}, there are ${room.nodes} nodes${atMaximumWords(spec)}`,
      "use a larger block, or a longer nodePodPrefix",
    );
  if (machines.first <= machines.last && room.machines > room.addresses)
    add(
      "machines",
      `${network.machines} holds ${room.addresses} addresses for ${room.machines} machines${atMaximumWords(spec)}`,
      "use a larger range, or fewer machines",
    );
  if (prefixLength(network.serviceCidr) > 28 || prefixLength(network.serviceCidr) < 12)
    add("serviceCidr", `${network.serviceCidr} has an unfit size`, "use a block from /12 to /28");
  return problems;
}
