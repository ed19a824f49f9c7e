import { execFile } from "node:child_process";
import { webcrypto } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { intermediate } from "../../components/Intermediate";
import { definitionsFile, gatewayDefinitionsText } from "../../lab/gatewayDefinitions";
import { parseSite } from "../../site/description/parse";
import { intermediateOf } from "../../site/pki/intermediate";
import { planSite } from "../../site/plan/plan";
import { ApiServer } from "../support/apiServer";
import { GatewayProcesses } from "../support/gatewayProcesses";
import { gatewayProject } from "../support/gatewayProject";
import type { Project } from "../support/project";
import { site, threeHosts } from "../support/sites";

// Traefik and cert-manager with the rights and settings of their pods, over a real API; a client that is curl.

const domain = "apps.store.example";
const plan = planSite(
  parseSite({
    ...site(threeHosts, {
      namespaces: [{ name: "tills" }],
      addons: { gatewayApi: { domain, address: "10.0.42.200" } },
    }),
    network: { ...site([]).network, serviceAddresses: "10.0.42.200-10.0.42.219" },
  }),
);

let api: ApiServer;
let project: Project;
let processes: GatewayProcesses;
let web: Server;
const file = (name: string) => join(project.folder, name);

beforeAll(async () => {
  api = await ApiServer.start();
  project = await gatewayProject(api);
  const about = intermediateOf(plan);
  if (about === undefined) throw new Error("the site has no authority in its cluster");
  const above = await rootAuthority();
  const { certificatePem, privateKeyPem } = await intermediate(about, above, Date.now());
  writeFileSync(file("root.pem"), above.certificatePem);
  const authority = { certificatePem, privateKeyPem, abovePem: above.certificatePem };
  const given = { address: "10.0.42.200", copies: 2, authority };
  project.write("given.json", JSON.stringify({ given, namespaces: plan.spec.namespaces }));
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
  processes = await GatewayProcesses.start(api, { address: "10.0.42.200", namespaces: ["tills"] });
  web = createServer((request, response) => response.end(`till ${request.headers.host}\n`));
  await new Promise<void>((resolve) => web.listen(0, resolve));
});

afterAll(async () => {
  await processes?.remove();
  project?.remove();
  await api?.remove();
  web?.close();
});

/** An authority as `up` makes one, of whose key the cluster knows nothing. */
async function rootAuthority() {
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  x509.cryptoProvider.set(webcrypto as never);
  const signingAlgorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(signingAlgorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=shop-services-ca",
    notAfter: new Date(Date.now() + 10 * 365 * 86_400_000),
    signingAlgorithm,
    keys: keys as never,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as never),
    ],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const privateKeyPem = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
  return { certificatePem: `${certificate.toString("pem")}\n`, privateKeyPem };
}

const gateway = (name: string, hostname: string) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  metadata: { name, namespace: "tills", annotations: { "cert-manager.io/cluster-issuer": "site" } },
  spec: {
    gatewayClassName: "groundwork",
    listeners: [
      {
        name: "https",
        hostname,
        port: processes.ports.https,
        protocol: "HTTPS",
        tls: { certificateRefs: [{ name: `${name}-tls` }] },
      },
    ],
  },
});
const route = (name: string, hostname: string) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name, namespace: "tills" },
  spec: {
    parentRefs: [{ name }],
    hostnames: [hostname],
    rules: [{ backendRefs: [{ name: "till", port: 80 }] }],
  },
});

async function applied(...objects: object[]): Promise<void> {
  writeFileSync(file("objects.json"), JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  await api.kubectl("apply", "-f", file("objects.json"));
}

/** What curl says of a name, with the site's root as the only authority that it knows. */
async function asked(name: string): Promise<{ code: number; text: string }> {
  const to = ["--connect-to", `${name}:443:127.0.0.1:${processes.ports.https}`];
  const args = ["--silent", "--show-error", "--max-time", "5", "--cacert", file("root.pem"), ...to];
  return promisify(execFile)("curl", [...args, "--write-out", "%{http_code}", `https://${name}/`])
    .then(({ stdout }) => ({ code: 0, text: stdout }))
    .catch((error) => ({ code: Number(error.code), text: String(error.stderr) }));
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 240; attempt++) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(500);
  }
  throw new Error(`${what}: not within two minutes\n${processes.log.slice(-4000)}`);
}

describe("a Gateway and a route of a namespace's (W5)", () => {
  it("are answered for, with a certificate that leads to the site's own authority", async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    const own = addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
    const port = (web.address() as AddressInfo).port;
    await applied(
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "till", namespace: "tills" },
        spec: { ports: [{ name: "http", port: 80, targetPort: port }] },
      },
      {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { name: "till", namespace: "tills", labels: { "kubernetes.io/service-name": "till" } },
        addressType: "IPv4",
        endpoints: [{ addresses: [own], conditions: { ready: true } }],
        ports: [{ name: "http", port, protocol: "TCP" }],
      },
      gateway("site", `*.${domain}`),
      route("site", `till.${domain}`),
    );
    const answer = await until("an answer of 200", async () => {
      const { text } = await asked(`till.${domain}`);
      return text.endsWith("200") ? text : undefined;
    });
    expect(answer).toBe(`till till.${domain}\n200`);
    const secret = await api.object("-n", "tills", "secret", "site-tls");
    const chain = Buffer.from(secret?.data?.["tls.crt"] ?? "", "base64").toString();
    writeFileSync(file("chain.pem"), chain);
    expect(chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    const verified = await promisify(execFile)("openssl", [
      ...["verify", "-CAfile", file("root.pem"), "-untrusted", file("chain.pem"), file("chain.pem")],
    ]);
    expect(verified.stdout).toContain(": OK");
    // The address is told where people look for it.
    const found = await api.kubectl(
      "-n",
      "tills",
      "get",
      "gateway",
      "site",
      "-o",
      "jsonpath={.status.addresses[0].value}",
    );
    expect(found).toBe("10.0.42.200");
  });

  it("get no certificate that anybody accepts for a name outside the site's domain", async () => {
    await applied(gateway("other", "bank.example"), route("other", "bank.example"));
    // cert-manager does not look at what the authority may sign.
    const issued = await until("a certificate for the other name", async () => {
      const secret = await api.object("-n", "tills", "secret", "other-tls");
      return secret?.data?.["tls.crt"] || undefined;
    });
    writeFileSync(file("other.pem"), Buffer.from(issued, "base64"));
    const verified = await promisify(execFile)("openssl", [
      ...["verify", "-CAfile", file("root.pem"), "-untrusted", file("other.pem"), file("other.pem")],
    ]).catch((error) => error as { stdout: string; stderr: string });
    expect(verified.stderr).toContain("permitted subtree violation");
    const { code, text } = await asked("bank.example");
    expect(code, text).toBe(60);
  });

  it("go on when either program starts again, and take less memory than both ask for", async () => {
    console.log(processes.memory);
    expect(processes.memory.traefik).toBeLessThan(384);
    expect(processes.memory["cert-manager"]).toBeLessThan(256);
    await processes.remove();
    processes = await GatewayProcesses.start(api, { address: "10.0.42.200", namespaces: ["tills"] });
    await applied(gateway("site", `*.${domain}`));
    await until("an answer of 200", async () => {
      const { text } = await asked(`till.${domain}`);
      return text.endsWith("200") ? text : undefined;
    });
  });
});

it("the definitions of the Gateway API are those of its release", async () => {
  const { readFile } = await import("node:fs/promises");
  expect(await readFile(definitionsFile, "utf8")).toBe(await gatewayDefinitionsText());
});
