import { parseRange, prefixLength, size } from "./ipv4";
import { requestMachines } from "./requests";
import { atMaximum } from "./scale";
import type { SiteSpec } from "./spec";
/** How many nodes the pod network has room for. */
export function podBlockCount({ network }: SiteSpec): number {
  return 2 ** Math.max(0, network.nodePodPrefix - prefixLength(network.podCidr));
}

/** Machines and nodes of the usual choice with every pool at its maximum, against what the network has room for. */
export function roomFor(spec: SiteSpec): { machines: number; addresses: number; nodes: number; podBlocks: number } {
  const requests = requestMachines(atMaximum(spec));
  return {
    machines: requests.filter((r) => !r.existing).length,
    addresses: size(parseRange(spec.network.machines)),
    nodes: requests.filter((r) => r.role === "worker" || r.role === "control-plane").length,
    podBlocks: spec.kubernetes.podNetwork.kind === "routed" ? podBlockCount(spec) : Number.POSITIVE_INFINITY,
  };
}
