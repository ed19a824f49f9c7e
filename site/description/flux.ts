import type { Gitops } from "./spec";

/** The namespace of Flux: who may write in it decides what is applied. */
export const FLUX_NAMESPACE = "flux-system";

/** Where Flux's images come from. */
export const FLUX_REGISTRY = "ghcr.io/fluxcd";

/** The account that Flux applies as, in its own namespace. */
export const FLUX_APPLIES_AS = "gitops";

/** What each of Flux's two controllers asks for; both run once, on any node. */
export const FLUX_REQUESTS = { milliCpus: 20, memoryMiB: 128 };

/** Whether what runs in the cluster is handed over to a repository. */
export function hasFlux({ gitops }: { gitops?: unknown }): boolean {
  return gitops !== undefined;
}

/** Where the repository is asked. */
export interface Repository {
  scheme: "https" | "ssh";
  /** A DNS name or an IPv4 address. */
  host: string;
  port: number;
}

export function repositoryOf({ flux }: Gitops): Repository {
  const { protocol, hostname, port } = new URL(flux.url);
  const scheme = protocol === "ssh:" ? "ssh" : "https";
  return { scheme, host: hostname, port: Number(port) || (scheme === "ssh" ? 22 : 443) };
}
