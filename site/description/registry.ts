import type { SiteSpec } from "./spec";

/** A site's own registry as it is described. */
export type LocalRegistry = Extract<NonNullable<SiteSpec["registry"]>, { kind: "local" }>;

/** The port of the site's own registry, at the virtual address and on the machines that have a copy. */
export const REGISTRY_PORT = 5000;

/**
 * What Distribution, HAProxy before it and the copying may take on each machine that has a copy, MiB: both took 37 MiB when they had served a
 * few clients, and each connection takes some more.
 */
export const REGISTRY_MEMORY_MIB = 128;

/** The site's own registry, if it has one. */
export function localRegistry({ registry }: Pick<SiteSpec, "registry">): LocalRegistry | undefined {
  return registry?.kind === "local" ? registry : undefined;
}
