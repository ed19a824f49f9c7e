import { listed } from "../../description/listed";
import { objectsOf } from "../../facts/model";
import type { CertificateFact, KeyFact } from "../../facts/objects";
import { type Breach, parameterised, rule } from "./rule";

const day = 24;
const hour = 3_600_000;

export const certificatesLast = parameterised<{ days: number }>()({
  id: "certificates-last",
  subject: "Certificates and keys",
  scope: "stack",
  sentence: "no certificate ends soon, and each is renewed by `up` before it would",
  severity: "mandatory",
  source: "S2 [B, X: eks-a#5400]",
  fix: "run `pulumi up`, which reissues it",
  parameters: {
    days: { type: "integer", minimum: 1, default: 14, description: "How many days every certificate must last" },
  },
  reads: ["certificates"],
  check: (facts, { days }) => objectsOf(facts, "certificates").flatMap((c) => endsSoon(c, days, facts.now)),
});

function endsSoon({ path, ends, ...certificate }: CertificateFact, days: number, now: number | undefined): Breach[] {
  const early = certificate.earlyRenewalHours;
  if (early !== undefined && (early ?? 0) < days * day)
    return [
      {
        path,
        message: `the certificate is renewed only when less than ${daysOf(early ?? 0)} are left`,
        fix: `set earlyRenewalHours to ${days * day} or more`,
      },
    ];
  // One without an end is issued by this very update, or only planned.
  const issued = certificate.validityHours;
  if (ends === undefined || now === undefined)
    return typeof issued === "number" && issued < days * day
      ? [
          {
            path,
            message: `the certificate is issued for ${daysOf(issued)}`,
            fix: `set validityPeriodHours to more than ${days * day}`,
          },
        ]
      : [];
  const left = (Date.parse(ends) - now) / hour;
  if (left >= days * day) return [];
  return [
    {
      path,
      message: left < 0 ? `the certificate ended on ${ends}` : `the certificate ends in ${daysOf(left)}, on ${ends}`,
    },
  ];
}

export const livesAlone = parameterised<{ months: number }>()({
  id: "lives-alone",
  subject: "Certificates and keys",
  scope: "site",
  sentence: "the site goes on for a long time when no `up` reaches it",
  severity: "mandatory",
  source: "S2 [B]",
  fix: "set pki.aloneMonths to as many or more",
  parameters: {
    months: {
      type: "integer",
      minimum: 0,
      default: 6,
      description: "For how many months a site must go on after its last `up`",
    },
  },
  check: ({ aloneMonths }, { months }) =>
    aloneMonths === undefined || aloneMonths >= months
      ? []
      : [
          {
            path: "pki.aloneMonths",
            message: `the site stops ${aloneMonths} months after its last \`up\`, and ${months} are asked for`,
          },
        ],
});

function daysOf(hours: number): string {
  const days = Math.floor(hours / day);
  return days === 1 ? "1 day" : `${days} days`;
}

export const certificatesEnd = parameterised<{ days: number; authorityDays: number }>()({
  id: "certificate-validity",
  subject: "Certificates and keys",
  scope: "object",
  sentence:
    "a certificate is valid for a year or so, an authority for ten years at most: what is stolen ends by itself",
  severity: "mandatory",
  source: "S1, S2 [B, K]",
  fix: "set a shorter validityPeriodHours; `up` renews it in time",
  parameters: {
    days: { type: "integer", minimum: 1, default: 398, description: "Days that a certificate is valid, at most" },
    authorityDays: { type: "integer", minimum: 1, default: 3660, description: "The same for authorities" },
  },
  about: "certificates",
  check: (facts, { days, authorityDays }) =>
    objectsOf(facts, "certificates").flatMap(({ path, authority, validityHours }) => {
      const most = authority === true ? authorityDays : days;
      if (validityHours === undefined || authority === undefined) return [];
      if (validityHours !== null && validityHours <= most * day) return [];
      return [
        {
          path,
          message: `the ${authority ? "authority" : "certificate"} is valid for ${daysOf(validityHours ?? 0)}, not ${most} at most`,
        },
      ];
    }),
});

export const strongKeys = parameterised<{ rsaBits: number }>()({
  id: "key-algorithms",
  subject: "Certificates and keys",
  scope: "object",
  sentence: "private keys are Ed25519, ECDSA on P-256 or a larger curve, or RSA of enough bits",
  severity: "mandatory",
  source: "S1 [B, K]",
  fix: 'use algorithm: "ECDSA" with ecdsaCurve: "P256"',
  parameters: {
    rsaBits: { type: "integer", minimum: 2048, default: 3072, description: "The smallest RSA key that passes" },
  },
  about: "keys",
  check: (facts, { rsaBits }) =>
    objectsOf(facts, "keys").flatMap((key) => {
      const weak = weakness(key, rsaBits);
      return weak === undefined ? [] : [{ path: key.path, message: weak }];
    }),
});

function weakness({ algorithm, bits, curve }: KeyFact, rsaBits: number): string | undefined {
  switch (algorithm) {
    case undefined:
    case "ED25519":
      return undefined;
    case "ECDSA":
      // P-224 is what @pulumi/tls makes when no curve is given.
      return curve === undefined || ["P256", "P384", "P521"].includes(curve ?? "")
        ? undefined
        : `the key is on the curve ${curve ?? "P224, the default"}`;
    case "RSA":
      return bits === undefined || (bits ?? 2048) >= rsaBits ? undefined : `the RSA key has ${bits ?? 2048} bits`;
    default:
      return `the key's algorithm is ${algorithm ?? "not said"}`;
  }
}

export const authoritySignsOnly = rule({
  id: "authority-signs-only",
  subject: "Certificates and keys",
  scope: "object",
  sentence: "an authority's certificate only signs: it is no server's and no client's",
  severity: "mandatory",
  source: "S1 [B, K]",
  fix: "issue a certificate of its own for the server or client",
  about: "certificates",
  check: (facts) =>
    objectsOf(facts, "certificates").flatMap(({ path, authority, usages }) => {
      const other = authority === true ? (usages ?? []).filter((u) => u === "server_auth" || u === "client_auth") : [];
      return other.length > 0 ? [{ path, message: `the authority is also used for ${listed(other)}` }] : [];
    }),
});

export const issuersAreBounded = rule({
  id: "authority-in-cluster-bounded",
  subject: "Certificates and keys",
  scope: "object",
  sentence: "an authority whose key lies in the cluster may sign for servers of named domains, and for nothing else",
  severity: "mandatory",
  source: "S1, S4 [B]",
  fix: "issue it with critical name constraints (a permitted DNS domain, all addresses excluded), for server authentication, with a path length of 0",
  about: "issuers",
  check: (facts) =>
    objectsOf(facts, "issuers").flatMap(({ path, domains, noAddresses, serversOnly, isLast }) => {
      const open = [
        ...(domains.length === 0 ? ["any name"] : domains.filter((domain) => !domain.includes(".")).map(everyName)),
        ...(noAddresses ? [] : ["addresses"]),
        ...(serversOnly ? [] : ["clients"]),
        ...(isLast ? [] : ["further authorities"]),
      ];
      return open.length > 0 ? [{ path, message: `who has its key may sign for ${listed(open)}` }] : [];
    }),
});

const everyName = (domain: string) => `every name in ${domain || "the root"}`;

export const noSelfSignedServers = rule({
  id: "certificate-signed-by-authority",
  subject: "Certificates and keys",
  scope: "object",
  sentence: "servers' and clients' certificates are signed by an authority that the other side knows",
  severity: "mandatory",
  source: "S5 [B, P]",
  fix: "sign it with the cluster's authority: tls.LocallySignedCert",
  about: "certificates",
  check: (facts) =>
    objectsOf(facts, "certificates").flatMap(({ path, selfSigned, authority }) =>
      selfSigned && authority !== undefined && authority !== true
        ? [{ path, message: "the certificate is signed by itself: whoever relies on it cannot check it" }]
        : [],
    ),
});

export const serversAreNamed = rule({
  id: "server-certificate-names",
  subject: "Certificates and keys",
  scope: "stack",
  sentence: "a server's certificate names what it serves: a DNS name or an address",
  severity: "mandatory",
  source: "S5 [B, P]",
  fix: "set dnsNames or ipAddresses of its request; a common name alone is not looked at",
  reads: ["certificates"],
  check: (facts) =>
    objectsOf(facts, "certificates").flatMap(({ path, usages, names }) =>
      usages?.includes("server_auth") && names?.length === 0
        ? [{ path, message: "the server's certificate names no server" }]
        : [],
    ),
});

export const keysAreNotShared = rule({
  id: "certificate-own-key",
  subject: "Certificates and keys",
  scope: "stack",
  sentence: "every certificate has a private key of its own",
  severity: "mandatory",
  source: "S1, S4 [B, K]",
  fix: "make a key for each",
  reads: ["certificates"],
  check: (facts) => {
    const byKey = new Map<string, string[]>();
    for (const { path, key } of objectsOf(facts, "certificates"))
      if (key !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), path]);
    return [...byKey].flatMap(([key, paths]) => {
      const [, second] = paths.sort();
      return second === undefined
        ? []
        : [{ path: second, message: `certificates ${listed(paths)} have one private key, ${key}` }];
    });
  },
});

export const authorityKeysStay = rule({
  id: "authority-key-stays",
  subject: "Certificates and keys",
  scope: "stack",
  sentence: "an authority's private key stays in the encrypted state: no machine, command or object gets it",
  severity: "mandatory",
  source: "S1, S4 [B]",
  fix: "sign in the program and send only the signed certificate",
  reads: ["keys"],
  check: (facts) =>
    objectsOf(facts, "keys").flatMap(({ path, ofAuthority, heldBy }) =>
      ofAuthority && heldBy && heldBy.length > 0
        ? [{ path, message: `the authority's private key goes into ${listed(heldBy)}` }]
        : [],
    ),
});
