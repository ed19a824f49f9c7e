import { type Props, type Resource, secret } from "../../support/demoStack";
import { type Authority, authorityWith, bounds } from "./authorities";
import { command, connection, from, it, type ObjectBreakage, object } from "./resources";

const key = "tls:index/privateKey:PrivateKey";
const request = "tls:index/certRequest:CertRequest";
const certificate = "tls:index/locallySignedCert:LocallySignedCert";
const authority = "tls:index/selfSignedCert:SelfSignedCert";
const year = { validityPeriodHours: 8760, earlyRenewalHours: 2190 };

/** An authority and a certificate it signed, each with its key. */
function signed(changes: { ca?: Props; leaf?: Props; request?: Props } = {}): Resource[] {
  return [
    it(key, { algorithm: "ECDSA", ecdsaCurve: "P256" }, "ca-key"),
    it(
      authority,
      {
        privateKeyPem: from("ca-key", "privateKeyPem"),
        isCaCertificate: true,
        allowedUses: ["cert_signing"],
        validityPeriodHours: 87600,
        earlyRenewalHours: 17520,
        ...changes.ca,
      },
      "ca",
    ),
    it(key, { algorithm: "ED25519" }, "leaf-key"),
    it(
      request,
      { privateKeyPem: from("leaf-key", "privateKeyPem"), dnsNames: ["db.example"], ...changes.request },
      "leaf-request",
    ),
    it(certificate, {
      certRequestPem: from("leaf-request", "certRequestPem"),
      caCertPem: from("ca", "certPem"),
      caPrivateKeyPem: from("ca-key", "privateKeyPem"),
      allowedUses: ["digital_signature", "server_auth"],
      ...year,
      ...changes.leaf,
    }),
  ];
}

/** An authority with its key in a Secret. */
const inCluster = ({ certificate, key }: Authority) => [
  object("Secret", {
    metadata: { name: "authority", namespace: "cert-manager" },
    stringData: secret({ "tls.crt": certificate, "tls.key": key }),
  }),
];

export const certificateBreakages: ObjectBreakage[] = [
  {
    rule: "certificates-last",
    sound: signed(),
    broken: signed({ leaf: { earlyRenewalHours: 24 } }),
    says: "it: the certificate is renewed only when less than 1 day are left; set earlyRenewalHours to 336 or more",
  },
  {
    rule: "certificate-validity",
    sound: signed(),
    broken: signed({ leaf: { validityPeriodHours: 87600 } }),
    says: "it: the certificate is valid for 3650 days, not 398 at most; set a shorter validityPeriodHours; `up` renews it in time",
  },
  {
    rule: "key-algorithms",
    sound: [it(key, { algorithm: "RSA", rsaBits: 4096 })],
    broken: [it(key, { algorithm: "RSA", rsaBits: 2048 })],
    says: 'it: the RSA key has 2048 bits; use algorithm: "ECDSA" with ecdsaCurve: "P256"',
  },
  {
    rule: "authority-signs-only",
    sound: signed(),
    broken: signed({ ca: { allowedUses: ["cert_signing", "server_auth"] } }),
    says: "ca: the authority is also used for server_auth; issue a certificate of its own for the server or client",
  },
  {
    rule: "authority-in-cluster-bounded",
    sound: inCluster(authorityWith(bounds)),
    broken: inCluster(authorityWith(["basicConstraints=critical,CA:TRUE"])),
    says:
      "it: who has its key may sign for any name, addresses, clients and further authorities; " +
      "issue it with critical name constraints (a permitted DNS domain, all addresses excluded), for server authentication, with a path length of 0",
  },
  {
    rule: "certificate-signed-by-authority",
    sound: signed(),
    broken: signed({ ca: { isCaCertificate: false } }),
    says: "ca: the certificate is signed by itself: whoever relies on it cannot check it; sign it with the cluster's authority: tls.LocallySignedCert",
  },
  {
    rule: "server-certificate-names",
    sound: signed(),
    broken: signed({ request: { dnsNames: [] } }),
    says: "it: the server's certificate names no server; set dnsNames or ipAddresses of its request; a common name alone is not looked at",
  },
  {
    rule: "certificate-own-key",
    sound: signed(),
    broken: signed({ request: { privateKeyPem: from("ca-key", "privateKeyPem") } }),
    says: "it: certificates ca and it have one private key, ca-key; make a key for each",
  },
  {
    rule: "authority-key-stays",
    sound: [...signed(), it(command, { connection, create: "true", stdin: from("leaf-key", "privateKeyPem") }, "send")],
    broken: [...signed(), it(command, { connection, create: "true", stdin: from("ca-key", "privateKeyPem") }, "send")],
    says: "ca-key: the authority's private key goes into send; sign in the program and send only the signed certificate",
  },
];
