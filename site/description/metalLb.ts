import type { SiteSpec } from "./spec";

/** The namespace of MetalLB, which answers for Services of type LoadBalancer. Its speakers read every Secret in theirs. */
export const METALLB_NAMESPACE = "metallb-system";

/** Where MetalLB's images come from. */
export const METALLB_REGISTRY = "quay.io/metallb";

/** What a speaker asks for; one runs on every worker. */
export const SPEAKER_REQUESTS = { milliCpus: 20, memoryMiB: 48 };

/** Whether Services of type LoadBalancer get an address. */
export function hasMetalLb({ network }: { network: Pick<SiteSpec["network"], "serviceAddresses"> }): boolean {
  return network.serviceAddresses !== undefined;
}
