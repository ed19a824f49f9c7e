import { authorities, certificatesOf, keysOf } from "../pki";
import type { SitePlan } from "../plan";
import type { CertificateFact, KeyFact } from "./objects";

/** The keys that a plan has: each certificate's own, and those without one. */
export function keyFactsOf(plan: SitePlan): KeyFact[] {
  const key = (path: string, algorithm: "ECDSA" | "ED25519", ofAuthority = false): KeyFact => ({
    path,
    algorithm,
    bits: null,
    curve: algorithm === "ECDSA" ? "P256" : null,
    ...(ofAuthority && { ofAuthority, heldBy: [] }),
  });
  return [
    ...keysOf(plan).map(({ id, algorithm }) => key(id, algorithm)),
    ...authorities.map(({ id }) => key(`${id}-ca`, "ECDSA", true)),
    ...certificatesOf(plan).map(({ id }) => key(id, "ECDSA")),
  ];
}

/** The certificates that a plan has. */
export function certificateFactsOf(plan: SitePlan): CertificateFact[] {
  return [
    ...authorities.map(
      ({ id, validityHours, earlyRenewalHours }): CertificateFact => ({
        path: `${id}-ca`,
        authority: true,
        selfSigned: true,
        usages: ["digital_signature", "cert_signing", "crl_signing"],
        validityHours,
        earlyRenewalHours,
        key: `${id}-ca`,
      }),
    ),
    ...certificatesOf(plan).map(
      ({ id, usages, validityHours, earlyRenewalHours, dnsNames, ipAddresses }): CertificateFact => ({
        path: id,
        authority: false,
        selfSigned: false,
        usages,
        validityHours,
        earlyRenewalHours,
        key: id,
        names: [...dnsNames, ...ipAddresses],
      }),
    ),
  ];
}
