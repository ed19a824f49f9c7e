import { randomBytes, webcrypto } from "node:crypto";
import type * as X509 from "@peculiar/x509";
import type { CertificatePlan, Usage } from "../site/pki/certificates";
import { constrainedTo, NAME_CONSTRAINTS } from "../site/pki/nameConstraints";

/** What signs: an authority's certificate and its private key, in PEM. */
export interface Signer {
  certificatePem: string;
  privateKeyPem: string;
}

/** A certificate and its private key, in PEM. */
export interface Issued {
  certificatePem: string;
  privateKeyPem: string;
  /** No later than the authority's own end. */
  notAfter: Date;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** What a certificate says of who holds it. */
export type Subject = Pick<CertificatePlan, "commonName" | "organization" | "dnsNames" | "ipAddresses" | "usages">;

/** Issues certificates in an authority's name, each with a key of its own, as `@pulumi/tls` would, but for a time of our choice. */
export async function issuer(
  signer: Signer,
): Promise<(subject: Subject, notBefore: Date, notAfter: Date) => Promise<Issued>> {
  const { x509, sign } = await signingAs(signer);
  const common = [
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.BasicConstraintsExtension(false, undefined, true),
  ];
  return ({ commonName, organization, dnsNames, ipAddresses, usages }, notBefore, notAfter) => {
    const names = [
      ...dnsNames.map((value) => ({ type: "dns" as const, value })),
      ...ipAddresses.map((value) => ({ type: "ip" as const, value })),
    ];
    const extensions = [
      ...common,
      new x509.ExtendedKeyUsageExtension(usages.flatMap((usage) => EXTENDED[usage] ?? [])),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ];
    const subject: X509.JsonName = [
      ...(organization === undefined ? [] : [{ O: [organization] }]),
      { CN: [commonName] },
    ];
    return sign({ subject, extensions, notBefore, notAfter });
  };
}

/** Issues authorities below an authority. Each may sign for servers whose names lie in one domain, and for nothing else: no address, no client, no authority. */
export async function authorityIssuer(
  signer: Signer,
): Promise<(about: { commonName: string; domain: string }, notBefore: Date, notAfter: Date) => Promise<Issued>> {
  const { x509, sign } = await signingAs(signer);
  const flags = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  return ({ commonName, domain }, notBefore, notAfter) =>
    sign({
      subject: [{ CN: [commonName] }],
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(flags, true),
        new x509.ExtendedKeyUsageExtension([EXTENDED.server_auth as string]),
        new x509.Extension(NAME_CONSTRAINTS, true, constrainedTo(domain)),
      ],
      isAuthority: true,
      ...{ notBefore, notAfter },
    });
}

interface ToSign {
  subject: X509.JsonName;
  extensions: X509.Extension[];
  /** Whether others are found by what it is known by. */
  isAuthority?: boolean;
  notBefore: Date;
  notAfter: Date;
}

async function signingAs(signer: Signer) {
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  x509.cryptoProvider.set(webcrypto as never);
  const authority = new x509.X509Certificate(signer.certificatePem);
  const signingKey = await importedKey(signer.privateKeyPem);
  const [issuer, last] = [authority.subjectName.toJSON(), authority.notAfter.getTime()];
  const known = await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey as never);
  const sign = async ({ subject, extensions, isAuthority, notBefore, notAfter }: ToSign): Promise<Issued> => {
    const ends = new Date(Math.min(notAfter.getTime(), last));
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
    const certificate = await x509.X509CertificateGenerator.create({
      ...{ serialNumber: serialNumber(), subject, issuer, notBefore, notAfter: ends },
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey as never,
      signingKey: signingKey as never,
      extensions: [
        ...extensions,
        known,
        ...(isAuthority ? [await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as never)] : []),
      ],
    });
    const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
    return {
      certificatePem: `${certificate.toString("pem")}\n`,
      privateKeyPem: pem("PRIVATE KEY", der),
      notAfter: ends,
    };
  };
  return { x509, sign };
}

const EXTENDED: Partial<Record<Usage, string>> = {
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
};

/** Positive, and of 127 random bits. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}

async function importedKey(text: string): Promise<webcrypto.CryptoKey> {
  const { createPrivateKey } = await import("node:crypto");
  const der = createPrivateKey(text).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]);
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
