import type { SiteSpec } from "./spec";

/** The namespace of Traefik, which answers for Gateways. */
export const TRAEFIK_NAMESPACE = "traefik";

/** Where Traefik's image comes from: Docker's own images. */
export const TRAEFIK_REGISTRY = "docker.io/library";

/** The namespace of cert-manager, which holds the key that issues certificates: who may read its Secrets may issue. */
export const CERT_MANAGER_NAMESPACE = "cert-manager";

/** Where cert-manager's image comes from. */
export const CERT_MANAGER_REGISTRY = "quay.io/jetstack";

/** The class of Gateways that the site answers for. */
export const GATEWAY_CLASS = "groundwork";

/** The ClusterIssuer whose certificates the site's own authority stands for. */
export const CLUSTER_ISSUER = "site";

/** The Secret with the key that it signs with, beside cert-manager. */
export const ISSUER_SECRET = "site-authority";

/** What a copy of Traefik asks for. */
export const TRAEFIK_REQUESTS = { milliCpus: 50, memoryMiB: 96 };

/** How many there are, on different workers: one answers, and another does within seconds of the loss of its worker. */
export function traefikCopies({ workers }: Pick<SiteSpec, "workers">): number {
  return Math.min(
    2,
    workers.reduce((sum, { count }) => sum + count, 0),
  );
}

/** What cert-manager's controller asks for, which runs once. */
export const CERT_MANAGER_REQUESTS = { milliCpus: 10, memoryMiB: 96 };

/** Whether the site answers for Gateways. */
export function hasGatewayApi({ addons }: { addons: Pick<SiteSpec["addons"], "gatewayApi"> }): boolean {
  return addons.gatewayApi !== undefined;
}

/** Whether a name of DNS is a domain's own, or below it. */
export function isWithin(domain: string, name: string): boolean {
  const lower = name.toLowerCase();
  return lower === domain || lower.endsWith(`.${domain}`);
}
