import { createPrivateKey, X509Certificate } from "node:crypto";
import type { CertificateFact, KeyFact, ObjectFacts } from "../../../site/facts/objects";
import { boundsOf } from "../../../site/pki/nameConstraints";
import type { Reading } from "../reading";

/** A private key as it was registered. The provider fills in the sizes of other algorithms, too: they say nothing of it. */
export function keyFact(path: string, read: Reading): Partial<ObjectFacts> {
  const algorithm = read.at("algorithm").text();
  const key: KeyFact = {
    path,
    algorithm,
    bits: algorithm === "ECDSA" || algorithm === "ED25519" ? null : read.at("rsaBits").number(),
    curve: algorithm === "RSA" || algorithm === "ED25519" ? null : read.at("ecdsaCurve").text(),
  };
  return { keys: [key] };
}

/** A certificate as it was registered; what it is for, who signed it and whose key it has, only the whole stack tells. */
export function certificateFact(path: string, read: Reading, selfSigned: boolean): Partial<ObjectFacts> {
  const certificate: CertificateFact = {
    path,
    selfSigned,
    authority: read.at("isCaCertificate").flag(false) ?? (read.at("isCaCertificate").isKnown ? false : undefined),
    usages: read.at("allowedUses").texts(),
    validityHours: read.at("validityPeriodHours").number(),
    earlyRenewalHours: read.at("earlyRenewalHours").number(),
  };
  return { certificates: [certificate] };
}

/**
 * Authorities whose keys lie in a Secret, each with its certificate. What a preview does not know of one is known when an update registers
 * it, before it is made, so that nothing is left open.
 */
export function issuerFact(path: string, read: Reading): Partial<ObjectFacts> {
  const plain = textsOf(read.at("stringData"));
  const encoded = textsOf(read.at("data")).map((text) => Buffer.from(text, "base64").toString());
  const texts = [...plain, ...encoded];
  const keys = texts.flatMap(blocksOf(/-----BEGIN ((?:[A-Z]+ )?PRIVATE KEY)-----[^-]+-----END \1-----/g));
  if (keys.length === 0) return { issuers: [] };
  const certificates = texts.flatMap(blocksOf(/-----BEGIN (CERTIFICATE)-----[^-]+-----END \1-----/g));
  const issuers = certificates.filter((certificate) => keys.some((key) => belongs(key, certificate)));
  return { issuers: issuers.flatMap((certificate) => boundsOf(certificate) ?? []).map((of) => ({ path, ...of })) };
}

/** What of a Secret's values is known. */
function textsOf(read: Reading): string[] {
  if (!read.isKnown) return [];
  return read.entries().flatMap(([, value]) => (value.isKnown ? (value.text() ?? []) : []));
}

function blocksOf(pattern: RegExp): (text: string) => string[] {
  return (text) => [...text.matchAll(pattern)].map(([block]) => block);
}

/** What cannot be read, nobody signs with. */
function belongs(key: string, certificate: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
