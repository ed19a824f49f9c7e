import type { CertificateFact, KeyFact, ObjectFacts } from "../../../site/facts/objects";
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
