/** The extension that says which names an authority may sign for (RFC 5280, 4.2.1.10). */
export const NAME_CONSTRAINTS = "2.5.29.30";
const BASIC_CONSTRAINTS = "2.5.29.19";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const SERVER = "1.3.6.1.5.5.7.3.1";

/** Every address of a version: what a certificate names by its address is in no domain. */
const EVERY_ADDRESS = ["0.0.0.0/0", "::/0"];

/** What an authority may sign for. */
export interface Bounds {
  /** The domains that names may lie in; none = any name. */
  domains: string[];
  /** Whether no address may be named. */
  noAddresses: boolean;
  /** Whether it signs for servers alone. */
  serversOnly: boolean;
  /** Whether it makes no further authority. */
  isLast: boolean;
}

// The library is only needed where there is such an authority.
const library = () => ({
  schema: require("@peculiar/asn1-schema") as typeof import("@peculiar/asn1-schema"),
  x509: require("@peculiar/asn1-x509") as typeof import("@peculiar/asn1-x509"),
});

/** The extension's value: names in a domain and below it, and no address. */
export function constrainedTo(domain: string): ArrayBuffer {
  const { schema, x509 } = library();
  const trees = (names: { dNSName?: string; iPAddress?: string }[]) =>
    new x509.GeneralSubtrees(names.map((name) => new x509.GeneralSubtree({ base: new x509.GeneralName(name) })));
  return schema.AsnConvert.serialize(
    new x509.NameConstraints({
      permittedSubtrees: trees([{ dNSName: domain }]),
      excludedSubtrees: trees(EVERY_ADDRESS.map((iPAddress) => ({ iPAddress }))),
    }),
  );
}

/** What the first certificate of a PEM text may sign for; `undefined` where it is no authority's, or cannot be read. */
export function boundsOf(pem: string): Bounds | undefined {
  const [, base64] = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem) ?? [];
  if (base64 === undefined) return undefined;
  const { schema, x509 } = library();
  try {
    const certificate = schema.AsnConvert.parse(Buffer.from(base64, "base64"), x509.Certificate);
    const all = new Map((certificate.tbsCertificate.extensions ?? []).map((one) => [one.extnID, one]));
    const value = <T>(id: string, type: new () => T): T | undefined => {
      const extension = all.get(id);
      return extension && schema.AsnConvert.parse(extension.extnValue.buffer, type);
    };
    const basic = value(BASIC_CONSTRAINTS, x509.BasicConstraints);
    if (basic?.cA !== true) return undefined;
    // A client that does not know an extension passes over it, unless it is critical.
    const names = all.get(NAME_CONSTRAINTS)?.critical ? value(NAME_CONSTRAINTS, x509.NameConstraints) : undefined;
    const excluded = Array.from(names?.excludedSubtrees ?? []).map(({ base }) => base.iPAddress);
    const usages = value(EXTENDED_KEY_USAGE, x509.ExtendedKeyUsage) ?? [];
    return {
      domains: Array.from(names?.permittedSubtrees ?? []).flatMap(({ base }) => base.dNSName ?? []),
      noAddresses: EVERY_ADDRESS.every((one) => excluded.includes(one)),
      serversOnly: usages.length > 0 && usages.every((usage) => usage === SERVER),
      isLast: basic.pathLenConstraint === 0,
    };
  } catch {
    return undefined;
  }
}
