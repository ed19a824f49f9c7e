import { z } from "zod";
import { readVersioned, versionOne } from "../description/formatVersion";
import type { Problem } from "../description/problem";
import type { SiteSpec } from "../description/spec";

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

/** The encrypted text, and the digest of what it was made from: unchanged content is not encrypted again. */
export interface Sealed {
  version?: 1;
  digest: string;
  /** Armored age. */
  text: string;
}

const sealedSchema = z.object({ version: versionOne, digest: z.string(), text: z.string() });

/** Reads the output `sealed` of a stack; nothing if there is none. */
export function readSealed(output: unknown): { sealed?: Sealed } | { problem: Problem } {
  if (output === undefined || output === null) return {};
  const fix = "take the program that brought the site up, or a newer one";
  const read = readVersioned(output, sealedSchema, { from: "a site with backups", fix });
  if ("value" in read) return { sealed: read.value };
  const { path, ...problem } = read.problem;
  return { problem: { path: ["sealed", path].filter(Boolean).join("."), ...problem } };
}

/** What was sealed into a backup, once it is decrypted. */
export const sealedSiteSchema = z.object({
  version: versionOne,
  site: z.string(),
  spec: z.custom<SiteSpec>((value) => typeof value === "object" && value !== null),
  machines: z.array(z.object({ name: z.string(), role: z.string(), host: z.string(), address: z.string() })),
  endpoint: z.object({ host: z.string(), port: z.number() }),
  kept: z.array(
    z.object({ type: z.string(), name: z.string(), id: z.string(), outputs: z.record(z.string(), z.unknown()) }),
  ),
  files: z.record(z.string(), z.string()),
});

/** The inputs among a resource's properties, by its type. */
const INPUTS: Record<string, readonly string[]> = {
  "tls:index/privateKey:PrivateKey": ["algorithm", "ecdsaCurve", "rsaBits"],
  "tls:index/selfSignedCert:SelfSignedCert": [
    ...["allowedUses", "dnsNames", "earlyRenewalHours", "ipAddresses", "isCaCertificate", "maxPathLength"],
    ...["privateKeyPem", "setAuthorityKeyId", "setSubjectKeyId", "subject", "uris", "validityPeriodHours"],
  ],
};

/**
 * What is kept of a resource, by its type: what its provider always tells. What it leaves out is not known in a preview, and with it
 * would be all that is sealed.
 */
export const KEPT = {
  "tls:index/privateKey:PrivateKey": [
    ...["algorithm", "ecdsaCurve", "rsaBits", "privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],
    ...["publicKeyFingerprintMd5", "publicKeyFingerprintSha256", "publicKeyOpenssh", "publicKeyPem"],
  ],
  "tls:index/selfSignedCert:SelfSignedCert": [
    ...["allowedUses", "certPem", "earlyRenewalHours", "isCaCertificate", "keyAlgorithm", "privateKeyPem"],
    ...["readyForRenewal", "setAuthorityKeyId", "setSubjectKeyId", "subject"],
    ...["validityEndTime", "validityPeriodHours", "validityStartTime"],
  ],
} as const;

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/**
 * A deployment for `pulumi stack import` with nothing in it but the kept keys and authorities: the next `up` makes everything else
 * around them. Secrets are in clear text in it, as `stack import` takes them.
 *
 * @param site the site's name in the new stack, which may differ from the one that was sealed
 * @param tls the version of the plugin that the program asks for
 */
export function deploymentOf(sealed: SealedSite, stack: string, site: string, tls: string): object {
  const prefix = `urn:pulumi:${stack}::groundwork::`;
  const siteType = "groundwork:index:Site";
  const pkiType = `${siteType}$groundwork:index:Pki`;
  const root = `${prefix}pulumi:pulumi:Stack::groundwork-${stack}`;
  const siteUrn = `${prefix}${siteType}::${site}`;
  const pki = `${prefix}${pkiType}::${site}`;
  const providerId = "7f0e6c1c-6d6f-4a53-9df6-1a2f6f5c0a11";
  const provider = `${prefix}pulumi:providers:tls::default_${tls.replaceAll(".", "_")}`;
  const renamed = (name: string) =>
    name.startsWith(`${sealed.site}-`) ? `${site}-${name.slice(sealed.site.length + 1)}` : name;
  const resources = sealed.kept.map(({ type, name, id, outputs }) => {
    const hidden = Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, hide(key, value)]));
    const inputs = Object.fromEntries(
      Object.entries(hidden).filter(([key, value]) => INPUTS[type]?.includes(key) && isSet(value)),
    );
    return {
      urn: `${prefix}${pkiType}$${type}::${renamed(name)}`,
      custom: true,
      id,
      type,
      inputs,
      outputs: hidden,
      parent: pki,
      provider: `${provider}::${providerId}`,
    };
  });
  return {
    version: 3,
    deployment: {
      manifest: { time: "2001-01-01T00:00:00Z", magic: "", version: "" },
      resources: [
        { urn: root, custom: false, type: "pulumi:pulumi:Stack" },
        { urn: siteUrn, custom: false, type: siteType, parent: root },
        {
          urn: provider,
          custom: true,
          id: providerId,
          type: "pulumi:providers:tls",
          inputs: { __internal: {}, version: tls },
          outputs: { version: tls },
        },
        { urn: pki, custom: false, type: "groundwork:index:Pki", parent: siteUrn },
        ...resources,
      ],
    },
  };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

function hide(key: string, value: unknown): unknown {
  return key.startsWith("privateKey") ? { ...SECRET, plaintext: JSON.stringify(value) } : value;
}
