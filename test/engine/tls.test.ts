import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Project } from "../support/project";
import { installed, unchecked } from "../support/standins";

let project: Project;
let folder: string;

const pki = (early = 0, validity = 100, name = "node-a") => `
  import * as tls from "@pulumi/tls";
  const caKey = new tls.PrivateKey("ca", { algorithm: "ECDSA", ecdsaCurve: "P256" });
  const ca = new tls.SelfSignedCert("ca", {
    privateKeyPem: caKey.privateKeyPem, isCaCertificate: true, maxPathLength: 0, validityPeriodHours: 1000,
    allowedUses: ["cert_signing", "crl_signing", "digital_signature"], subject: { commonName: "ca" },
  });
  const key = new tls.PrivateKey("node", { algorithm: "ECDSA", ecdsaCurve: "P256" });
  const request = new tls.CertRequest("node", {
    privateKeyPem: key.privateKeyPem, dnsNames: ["${name}", "localhost"], ipAddresses: ["10.0.0.1", "::1"],
    uris: ["spiffe://site/${name}"], subject: { commonName: "system:node:${name}", organization: "system:nodes" },
  });
  const cert = new tls.LocallySignedCert("node", {
    certRequestPem: request.certRequestPem, caCertPem: ca.certPem, caPrivateKeyPem: caKey.privateKeyPem,
    validityPeriodHours: ${validity}, earlyRenewalHours: ${early},
    allowedUses: ["digital_signature", "key_encipherment", "server_auth", "client_auth"],
  });
  export const caPem = ca.certPem, certPem = cert.certPem, keyPem = key.privateKeyPem;
  export const until = cert.validityEndTime, ready = cert.readyForRenewal;
`;

async function up(text: string) {
  project.write("index.ts", text);
  return project.up("--skip-preview");
}

async function outputs(): Promise<Record<string, string>> {
  return JSON.parse((await project.run("stack", "output", "--json", "--show-secrets", "--stack", "test")).output);
}

const destroy = () => project.run("destroy", "--yes", "--skip-preview", "--stack", "test");

function openssl(files: Record<string, string | undefined>, ...args: string[]): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text ?? "");
  return execFileSync("openssl", args, { cwd: folder, encoding: "utf8" });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-tls-"));
  project = await Project.create({ files: { "index.ts": "" }, env: unchecked, plugins: await installed("tls") });
});

afterAll(() => {
  project?.remove();
  if (folder) rmSync(folder, { recursive: true });
});

describe("keys", () => {
  it("come in all algorithms, in forms that others read, and as secrets", async () => {
    const ended = await up(`
      import * as tls from "@pulumi/tls";
      const kinds = { rsa: { algorithm: "RSA" }, p224: { algorithm: "ECDSA" },
        p384: { algorithm: "ECDSA", ecdsaCurve: "P384" }, ed25519: { algorithm: "ED25519" } };
      export const keys = Object.fromEntries(
        Object.entries(kinds).map(([name, args]) => [name, new tls.PrivateKey(name, args)]));
    `);
    expect(ended.code).toBe(0);
    const { keys } = (await outputs()) as unknown as { keys: Record<string, Record<string, string>> };
    const types = Object.entries(keys).map(([name, key]) => {
      const traditional = createPrivateKey(key.privateKeyPem ?? "");
      expect(createPrivateKey(key.privateKeyPemPkcs8 ?? "").equals(traditional)).toBe(true);
      expect(createPublicKey(key.publicKeyPem ?? "").equals(createPublicKey(traditional))).toBe(true);
      return `${name} ${traditional.asymmetricKeyType} ${key.rsaBits} ${key.ecdsaCurve}`;
    });
    expect(types.sort()).toEqual([
      "ed25519 ed25519 2048 P224",
      "p224 ec 2048 P224",
      "p384 ec 2048 P384",
      "rsa rsa 2048 P224",
    ]);
    writeFileSync(join(folder, "id"), keys.ed25519?.privateKeyOpenssh ?? "", { mode: 0o600 });
    const read = execFileSync("ssh-keygen", ["-y", "-f", join(folder, "id")], { encoding: "utf8" });
    expect(read.trim()).toBe(keys.ed25519?.publicKeyOpenssh?.trim());
    expect(keys.p224?.publicKeyOpenssh).toBe("");
    const state = (await project.run("stack", "export", "--stack", "test")).output;
    expect(state).not.toContain("PRIVATE KEY");
    await destroy();
  });

  it("are refused with all that is wrong with them", async () => {
    const ended = await up(`
      import * as tls from "@pulumi/tls";
      new tls.PrivateKey("wrong", { algorithm: "DSA", rsaBits: 1.5 });
    `);
    expect(ended.output).toContain('algorithm: is "DSA"; use one of RSA, ECDSA, ED25519');
    expect(ended.output).toContain("rsaBits: is 1.5; give a whole number");
  });
});

describe("certificates", () => {
  it("verify, and say what was asked for", async () => {
    expect((await up(pki())).code).toBe(0);
    const { caPem, certPem, keyPem = "", until = "" } = await outputs();
    const cert = new X509Certificate(certPem ?? "");
    const ca = new X509Certificate(caPem ?? "");
    expect(cert.subject).toBe("O=system:nodes\nCN=system:node:node-a");
    expect(cert.subjectAltName).toBe(
      "DNS:node-a, DNS:localhost, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1, URI:spiffe://site/node-a",
    );
    expect(cert.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
    expect(cert.checkIssued(ca)).toBe(true);
    expect(new Date(until).getTime()).toBe(new Date(cert.validTo).getTime());
    expect((new Date(cert.validTo).getTime() - new Date(cert.validFrom).getTime()) / 3_600_000).toBe(100);
    const files = { "ca.pem": caPem, "cert.pem": certPem };
    expect(openssl(files, "verify", "-purpose", "sslserver", "-CAfile", "ca.pem", "cert.pem")).toContain("OK");
    const shown = openssl(files, "x509", "-in", "cert.pem", "-noout", "-text");
    expect(shown).toMatch(/Key Usage: critical\s+Digital Signature, Key Encipherment/);
    expect(shown).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication, TLS Web Client Authentication/);
    expect(shown).toContain("Authority Key Identifier");
    expect(openssl(files, "x509", "-in", "ca.pem", "-noout", "-text")).toContain("CA:TRUE, pathlen:0");
    expect((await project.up("--skip-preview")).output).toContain("6 unchanged");
  });

  it("are issued anew for another name, and what did not change stays", async () => {
    const before = await outputs();
    const ended = await up(pki(0, 100, "node-b"));
    expect(ended.output).toContain("+-2 replaced");
    const after = await outputs();
    expect(after.keyPem).toBe(before.keyPem);
    expect(after.caPem).toBe(before.caPem);
    expect(new X509Certificate(after.certPem ?? "").subject).toContain("node-b");
  });

  it("change their early renewal in place, and nothing else with it", async () => {
    const before = await outputs();
    expect((await up(pki(10, 100, "node-b"))).output).toContain("~ 1 updated");
    expect((await outputs()).certPem).toBe(before.certPem);
  });

  it("are renewed by the next update once within the hours before their end", async () => {
    const before = await outputs();
    project.write("index.ts", pki(100, 100, "node-b"));
    expect((await project.preview()).output).toMatch(/tls:index:LocallySignedCert node replace.*readyForRenewal/);
    expect((await project.up("--skip-preview")).output).toContain("+-1 replaced");
    const after = await outputs();
    expect(after.certPem).not.toBe(before.certPem);
    expect(after.keyPem).toBe(before.keyPem);
  });

  it("say after a refresh that they are ready for renewal", async () => {
    await project.run("refresh", "--yes", "--skip-preview", "--stack", "test");
    const state = (await project.run("stack", "export", "--stack", "test")).output;
    expect(state).toMatch(/"readyForRenewal": true/);
    await destroy();
  });

  it("are refused for a use that is none, and without a key", async () => {
    const ended = await up(`
      import * as tls from "@pulumi/tls";
      new tls.SelfSignedCert("wrong", { allowedUses: ["serverAuth"], validityPeriodHours: 1, subject: { commonname: "x" } } as any);
    `);
    expect(ended.output).toContain('allowedUses[0]: is "serverAuth"; use one of any_extended, cert_signing');
    expect(ended.output).toContain("subject.commonname: is not a property; the properties are commonName");
  });
});
