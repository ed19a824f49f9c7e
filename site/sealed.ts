import type { SiteSpec } from "./spec";

/** A resource of the PKI as a stack's state has it, without the stack: what a key or an authority is made of. */
export interface KeptResource {
  /** `tls:index/privateKey:PrivateKey` or `tls:index/selfSignedCert:SelfSignedCert`. */
  type: string;
  name: string;
  id: string;
  outputs: Record<string, unknown>;
}

/**
 * What lives outside etcd and must outlive the site (D3): its keys and authorities, its description, the addresses of its machines,
 * and the configuration of what clients reach it through. It goes into every backup, encrypted before it leaves the program.
 */
export interface SealedSite {
  version: 1;
  site: string;
  spec: SiteSpec;
  machines: { name: string; role: string; host: string; address: string }[];
  endpoint: { host: string; port: number };
  kept: KeptResource[];
  /** Finished configuration by `machine:path`: load balancers', encryption's, authentication's; and the operator's kubeconfig. */
  files: Record<string, string>;
}

/** The encrypted text, and the digest of what it was made from: unchanged content is not encrypted anew. */
export interface Sealed {
  digest: string;
  /** Armored age. */
  text: string;
}

/** Reads the output `sealed` of a stack. */
export function readSealed(output: unknown): Sealed | undefined {
  const { digest, text } = (output ?? {}) as Partial<Sealed>;
  return typeof digest === "string" && typeof text === "string" ? { digest, text } : undefined;
}
