import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { gatewayImages } from "../../image/containers/gateway-images";
import { ensure, repository } from "../../lab/toolchain/artifact";
import { restrictedWeb } from "../support/lab/replicated";
import { demo, type Ended, labIsKept, RunningSite, until } from "../support/lab/site";
import { watchAnswers } from "../support/lab/watchAnswers";

// W5, L6: what the cluster serves, reached by names over HTTPS by a client that is no machine of the site and knows the site's root alone.

const namespace = "tills";
const domain = "apps.demo.example";
const address = "10.42.0.205";
/** How long nobody may answer after a worker is lost, in seconds. */
const patience = 90;

const folder = mkdtempSync(join(tmpdir(), "groundwork-gateway-"));
const root = join(folder, "root.pem");
let site: RunningSite;

beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  const archive = readFileSync(join(await ensure(gatewayImages()), "layout.tar"));
  for (const { name } of site.machines("control-plane", "worker")) {
    const load = ["exec", "-i", site.container(name), "ctr", "--namespace", "k8s.io", "images", "import", "-"];
    await site.run("docker", load, { input: archive, seconds: 300 });
  }
});
afterAll(async () => {
  await site?.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false");
  if (labIsKept) await demo();
  rmSync(folder, { recursive: true, force: true });
});

/** Brings the demo's site up, with what answers for Gateways or without. */
async function up(isServed: boolean): Promise<string> {
  const { code, text } = await brought(isServed);
  expect(code, text).toBe(0);
  return text;
}

function brought(isServed: boolean): Promise<Ended> {
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  const set = (path: string[], value: unknown) => document.setIn(["config", "groundwork:site", ...path], value);
  set(["namespaces"], [{ name: namespace }]);
  if (isServed) {
    set(["network", "serviceAddresses"], "10.42.0.200-10.42.0.219");
    set(["addons", "gatewayApi"], { domain, address });
  }
  const stack = join(folder, "Pulumi.gateway.yaml");
  writeFileSync(stack, document.toString({ lineWidth: 0 }));
  return demo("--stack", stack);
}

/** What curl says of a name behind the address, with the site's root as the only authority that it knows. */
async function asked(name: string): Promise<{ code: number; text: string }> {
  const args = ["--silent", "--show-error", "--max-time", "2", "--cacert", root, "--resolve", `${name}:443:${address}`];
  return promisify(execFile)("curl", [...args, "--write-out", " %{http_code}", `https://${name}/hostname`])
    .then(({ stdout }) => ({ code: 0, text: stdout }))
    .catch((error) => ({ code: Number(error.code), text: String(error.stderr) }));
}

const answers = async (name: string) => {
  const { text } = await asked(name);
  return text.endsWith(" 200") ? text : undefined;
};

const gateway = (name: string, hostname: string) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  metadata: { name, namespace, annotations: { "cert-manager.io/cluster-issuer": "site" } },
  spec: {
    gatewayClassName: "groundwork",
    listeners: [
      { name: "https", hostname, port: 443, protocol: "HTTPS", tls: { certificateRefs: [{ name: `${name}-tls` }] } },
    ],
  },
});
const route = (name: string, hostname: string) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name, namespace },
  spec: { parentRefs: [{ name }], hostnames: [hostname], rules: [{ backendRefs: [{ name: "till", port: 80 }] }] },
});
const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "till", namespace },
  spec: { selector: { app: "till" }, ports: [{ port: 80, targetPort: 8080, protocol: "TCP" }] },
};

async function applied(...items: object[]): Promise<void> {
  await site.run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify({ apiVersion: "v1", kind: "List", items }) });
}

test("a Gateway and a route that kubectl makes are answered for from outside, with the right chain", async () => {
  await up(true);
  const { code, stdout } = await site.pulumi("stack", "output", "servicesAuthority", "--stack", site.lab);
  expect(code).toBe(0);
  writeFileSync(root, `${stdout.trim()}\n`);
  await applied(
    restrictedWeb("till", namespace, 2),
    service,
    gateway("site", `*.${domain}`),
    route("site", `till.${domain}`),
  );
  await until("an answer of 200", 240, () => answers(`till.${domain}`));
  const shown = await promisify(execFile)("sh", [
    "-c",
    `openssl s_client -connect ${address}:443 -servername till.${domain} -CAfile ${root} -verify_return_error -showcerts </dev/null 2>&1`,
  ]);
  expect(shown.stdout).toContain("Verify return code: 0 (ok)");
  expect(shown.stdout).toMatch(/i:CN = demo-services-intermediate/);
  expect(shown.stdout).toMatch(/s:CN = demo-services-intermediate\s+i:CN = demo-services-ca/);
});

test("a second `up` changes nothing, and the list of certificates has the authority in the cluster", async () => {
  expect(await up(true)).toContain("Nothing changed");
  const { stdout } = await site.attempt("node", ["cli/groundwork.cjs", "certificates", "--stack", site.lab]);
  expect(stdout).toMatch(/services-intermediate\s.*demo-services-ca.*secret cert-manager\/site-authority/);
});

test("a name outside the site's domain has no certificate that a client accepts, even one signed with the stolen key", async () => {
  await applied(gateway("other", "bank.example"), route("other", "bank.example"));
  await sleep(20_000);
  const { code, text } = await asked("bank.example");
  expect(code, text).toBe(60);
  const secret = async (name: string) =>
    Buffer.from(
      await site.kubectl("-n", "cert-manager", "get", "secret", "site-authority", "-o", `jsonpath={.data.${name}}`),
      "base64",
    ).toString();
  writeFileSync(join(folder, "stolen.pem"), await secret("tls\\.crt"));
  writeFileSync(join(folder, "stolen.key"), await secret("tls\\.key"), { mode: 0o600 });
  const inFolder = (...args: string[]) => promisify(execFile)("openssl", args, { cwd: folder });
  writeFileSync(join(folder, "names"), "subjectAltName=DNS:bank.example\n");
  await inFolder(
    ...[
      "req",
      "-new",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-subj",
      "/CN=bank.example",
    ],
    ...["-keyout", "bank.key", "-out", "bank.csr"],
  );
  await inFolder(
    ...[
      "x509",
      "-req",
      "-in",
      "bank.csr",
      "-CA",
      "stolen.pem",
      "-CAkey",
      "stolen.key",
      "-CAcreateserial",
      "-days",
      "1",
    ],
    ...["-extfile", "names", "-out", "bank.pem"],
  );
  const verified = await inFolder("verify", "-CAfile", "root.pem", "-untrusted", "stolen.pem", "bank.pem").then(
    ({ stdout }) => stdout,
    (error) => `${error.stdout}${error.stderr}`,
  );
  expect(verified).toContain("permitted subtree violation");
});

test("it answers again when the worker that answered is stopped (L6)", async () => {
  const node = await announcing();
  const watch = watchAnswers(() => answers(`till.${domain}`));
  await sleep(2000);
  const { host } = site.machine(node);
  await site.control.hostDown(host);
  try {
    await until("it answers from another worker", patience, async () =>
      (await announcing()) !== node ? answers(`till.${domain}`) : undefined,
    );
    await sleep(5000);
  } finally {
    await site.control.hostUp(host);
  }
  const { longest, answered } = await watch.stop();
  console.log(`nobody answered for ${(longest / 1000).toFixed(1)} s at the longest; ${answered} answers`);
  expect(longest).toBeGreaterThan(0);
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  await until("an answer of 200", patience, () => answers(`till.${domain}`));
});

test("both take less than they are allowed, which is told", async () => {
  for (const space of ["traefik", "cert-manager"]) {
    const used = await until(`the metrics API has seen ${space}`, 240, async () => {
      const text = await site.kubectl("-n", space, "top", "pods", "--no-headers");
      return /\d+Mi/.test(text) ? text : undefined;
    });
    console.log(used);
    for (const [, mib] of used.matchAll(/(\d+)Mi/g)) expect(Number(mib)).toBeLessThan(space === "traefik" ? 384 : 256);
  }
});

test("left out of the description, nobody answers, and routes stay", async () => {
  await up(false);
  for (const space of ["traefik", "cert-manager", "metallb-system"])
    expect((await site.attempt("kubectl", ["get", "namespace", space])).text).toContain("not found");
  expect((await asked(`till.${domain}`)).code).not.toBe(0);
  expect(await site.kubectl("-n", namespace, "get", "httproutes", "-o", "name")).toContain("/site");
  expect(await up(false)).toContain("Nothing changed");
});

/** The node that answers for the address, by what its speaker says. */
async function announcing(): Promise<string> {
  const { items } = await site.kubectlJson<{ items: { status?: { node: string; serviceName: string } }[] }>(
    ...["-n", "metallb-system", "get", "servicel2statuses.metallb.io"],
  );
  const [status] = items.filter((item) => item.status?.serviceName === "traefik");
  if (status?.status === undefined) throw new Error("nobody says that it answers for traefik");
  return status.status.node;
}
