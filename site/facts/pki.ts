import { authoritiesOf } from "../pki/authorities";
import { certificatesOf } from "../pki/certificates";
import { keysOf } from "../pki/keys";
import type { SitePlan } from "../plan/model";
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
    ...authoritiesOf(plan).map(({ name }) => key(name, "ECDSA", true)),
    ...certificatesOf(plan).map(({ id }) => key(id, "ECDSA")),
  ];
}

/** The certificates that a plan has. */
export function certificateFactsOf(plan: SitePlan): CertificateFact[] {
  return [
    ...authoritiesOf(plan).map(
      ({ name, validityHours, earlyRenewalHours }): CertificateFact => ({
        path: name,
        authority: true,
        selfSigned: true,
        usages: ["digital_signature", "cert_signing", "crl_signing"],
        validityHours,
        earlyRenewalHours,
        key: name,
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
