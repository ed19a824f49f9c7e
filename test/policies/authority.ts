/** A program of one key and its certificate authority, with these times in hours. */
export const authorityProgram = (times: { validityPeriodHours: number; earlyRenewalHours: number }) => `
import * as tls from "@pulumi/tls";

const { privateKeyPem } = new tls.PrivateKey("key", { algorithm: "ED25519" });
new tls.SelfSignedCert("authority", {
  privateKeyPem,
  allowedUses: ["cert_signing"],
  isCaCertificate: true,
  validityPeriodHours: ${times.validityPeriodHours},
  earlyRenewalHours: ${times.earlyRenewalHours},
});
`;
