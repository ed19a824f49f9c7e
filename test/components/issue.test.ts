import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { issuer } from "../../components/issue";

const folder = mkdtempSync(join(tmpdir(), "groundwork-issue-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, encoding: "utf8" });

/** An authority as `@pulumi/tls` makes them, for three days. */
function authority() {
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "ca.key");
  writeFileSync(
    join(folder, "ca.conf"),
    "[req]\nstring_mask=default\ndistinguished_name=dn\nx509_extensions=v3\nprompt=no\n[dn]\nCN=kubernetes-ca\n[v3]\nbasicConstraints=critical,CA:true\nsubjectKeyIdentifier=hash\nkeyUsage=critical,digitalSignature,keyCertSign,cRLSign\n",
  );
  openssl("req", "-x509", "-new", "-key", "ca.key", "-days", "3", "-config", "ca.conf", "-out", "ca.crt");
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  return { certificatePem: read("ca.crt"), privateKeyPem: read("ca.key") };
}

test("a certificate is what OpenSSL takes, with a key of its own, and ends with its authority at the latest", async () => {
  const issue = await issuer(authority());
  const [from, day] = [new Date(Date.now() - 1000), 86_400_000];
  const subject = {
    commonName: "system:node:shop-general-a",
    organization: "system:nodes",
    dnsNames: ["shop-general-a", "localhost"],
    ipAddresses: ["10.0.42.46"],
    usages: ["digital_signature", "server_auth", "client_auth"] as const,
  };
  const made = await issue({ ...subject, usages: [...subject.usages] }, from, new Date(from.getTime() + day));
  const other = await issue({ ...subject, usages: [...subject.usages] }, from, new Date(from.getTime() + 400 * day));
  writeFileSync(join(folder, "made.crt"), made.certificatePem);
  expect(openssl("verify", "-x509_strict", "-CAfile", "ca.crt", "-purpose", "sslserver", "made.crt")).toContain("OK");
  expect(openssl("verify", "-x509_strict", "-CAfile", "ca.crt", "-purpose", "sslclient", "made.crt")).toContain("OK");

  const certificate = new X509Certificate(made.certificatePem);
  expect(certificate.subject).toBe("O=system:nodes\nCN=system:node:shop-general-a");
  expect(certificate.subjectAltName).toBe("DNS:shop-general-a, DNS:localhost, IP Address:10.0.42.46");
  expect(certificate.ca).toBe(false);
  const key = createPublicKey(createPrivateKey(made.privateKeyPem)).export({ type: "spki", format: "pem" });
  expect(certificate.publicKey.export({ type: "spki", format: "pem" })).toBe(key);
  expect(new X509Certificate(other.certificatePem).publicKey.export({ type: "spki", format: "pem" })).not.toBe(key);
  expect(new X509Certificate(other.certificatePem).serialNumber).not.toBe(certificate.serialNumber);

  const end = Date.parse(new X509Certificate(readFileSync(join(folder, "ca.crt"))).validTo);
  expect(Date.parse(new X509Certificate(other.certificatePem).validTo)).toBe(end);
  expect(other.notAfter.getTime()).toBe(end);
});
