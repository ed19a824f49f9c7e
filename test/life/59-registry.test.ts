import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { pause } from "../../image/programs/upstream";
import { ensure, repository } from "../../lab/toolchain/artifact";
import { registryAt, registryEndpoints, registryMachines } from "../../site/plan/registry";
import { demo, type Ended, labIsKept, RunningSite, until } from "../support/lab/site";
import { type SmallImage, smallImage } from "../support/smallImage";
import { machineIds } from "./change";

// A site's own registry: filled from outside, asked by every node for images that are nowhere else, with a host lost, and with each of
// the machines that have a copy made anew (S8).

/** Seconds until a pod runs whose image a node has to get. */
const patience = 180;

const folder = mkdtempSync(join(tmpdir(), "groundwork-registry-"));
const certs = join(folder, "certs");
const namespace = "registered";
let site: RunningSite;

beforeAll(async () => {
  const { code, text } = await upWith({ registry: { kind: "local" } });
  expect(code, text).toBe(0);
  site = await RunningSite.open();
  await until("the site is healthy", 300, () => site.healthy().then(() => true));
  await site.kubectl("create", "namespace", namespace);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await site?.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false");
  if (labIsKept) await demo();
});

/** Brings the demo's site up with some settings. */
async function upWith(settings: Record<string, unknown>): Promise<Ended> {
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  for (const [path, value] of Object.entries(settings))
    document.setIn(["config", "groundwork:site", ...path.split(".")], value);
  const stack = join(folder, "Pulumi.registry.yaml");
  writeFileSync(stack, document.toString({ lineWidth: 0 }));
  return demo("--stack", stack);
}

/** An image of one program that waits, which is in no registry: its name is in it. */
async function imageOf(name: string): Promise<SmallImage> {
  const root = join(folder, name, "root");
  mkdirSync(root, { recursive: true });
  copyFileSync(join(await ensure(pause), "pause"), join(root, "pause"));
  writeFileSync(join(root, "name"), `${name}\n`);
  const layer = execFileSync("tar", ["-C", root, "-c", "."], { maxBuffer: 2 ** 28 });
  return smallImage(join(folder, name, "layout"), layer, { Entrypoint: ["/pause"], User: "65534:65534" });
}

const push = (image: SmallImage, path: string, endpoint: string, signedIn = certs): Promise<Ended> =>
  site.attempt("skopeo", [
    ...["copy", "--all", "--preserve-digests", `--dest-cert-dir=${signedIn}`],
    ...[`oci:${image.folder}:it`, `docker://${endpoint}/${path}`],
  ]);

/** Runs a pod on a node. */
async function run(name: string, image: string, nodeName: string): Promise<Ended> {
  const securityContext = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: { nodeName, terminationGracePeriodSeconds: 1, containers: [{ name, image, securityContext }] },
  };
  return site.attempt("kubectl", ["create", "-f", "-"], { input: JSON.stringify(pod) });
}

const runs = (name: string): Promise<string> =>
  until(`pod ${name} runs`, patience, async () => {
    const phase = await site.kubectl("-n", namespace, "get", "pod", name, "-o", "jsonpath={.status.phase}");
    return phase === "Running" ? phase : undefined;
  });

const workers = () => site.machines("worker").map(({ name }) => name) as [string, string];
const endpoint = () => registryEndpoints(site.plan)[0] ?? "";
let first: SmallImage;

test("who has the pusher's certificate fills it, at the virtual address, and nobody else does", async () => {
  first = await imageOf("first");
  const made = await site.attempt("node", [
    ...["cli/groundwork.cjs", "registry", "--stack", site.lab, "--certs", certs],
  ]);
  expect(made.code, made.text).toBe(0);
  expect(statSync(join(certs, "client.key")).mode & 0o777).toBe(0o600);
  const stranger = join(folder, "stranger");
  mkdirSync(stranger);
  copyFileSync(join(certs, "ca.crt"), join(stranger, "ca.crt"));
  const refused = await push(first, "quay.io/shop/first:1.0.0", endpoint(), stranger);
  expect(refused.code).not.toBe(0);
  expect(refused.text).toMatch(/401|unauthorized/i);
  const { code, text } = await push(first, "quay.io/shop/first:1.0.0", endpoint());
  expect(code, text).toBe(0);
});

test("a pod's image that is nowhere else is there by the name that it has upstream, and the journal says who got it", async () => {
  const [worker] = workers();
  const made = await run("first", `quay.io/shop/first@${first.digest}`, worker);
  expect(made.code, made.text).toBe(0);
  await runs("first");
  const logs = await Promise.all(
    registryMachines(site.plan).map(({ name }) => site.ssh(name, "journalctl -u groundwork-registry-front -o cat")),
  );
  expect(logs.join("\n")).toMatch(
    new RegExp(
      `^registry: "system:node:${worker}" from ${site.machine(worker).address} GET "/v2/quay\\.io/shop/first/blobs/`,
      "m",
    ),
  );
});

test("pods of other registries, and of images without a digest, are refused", async () => {
  const [worker] = workers();
  expect((await run("elsewhere", `evil.example/shop/first@${first.digest}`, worker)).text).toMatch(
    /the site's registry has images of .* only, and not evil\.example/,
  );
  expect((await run("moving", "quay.io/shop/first:1.0.0", worker)).text).toMatch(/name images by digest/);
});

test("the other copy has all of it within minutes", async () => {
  for (const copy of registryMachines(site.plan).map(registryAt))
    await until(`${copy} has the image`, 420, async () => {
      const { code } = await site.attempt("skopeo", [
        ...["inspect", "--raw", `--cert-dir=${certs}`, `docker://${copy}/quay.io/shop/first@${first.digest}`],
      ]);
      return code === 0 ? true : undefined;
    });
});

test("with the host of either copy lost, nodes get images of the other one", async () => {
  for (const copy of registryMachines(site.plan)) {
    const image = await imageOf(copy.name);
    for (const to of registryMachines(site.plan))
      expect((await push(image, `quay.io/shop/${copy.name}:1.0.0`, registryAt(to))).code).toBe(0);
    const worker = site.machines("worker").find(({ host }) => host !== copy.host)?.name ?? "";
    await site.control.hostDown(copy.host);
    try {
      await until("the API answers", 120, () => site.kubectl("get", "--raw", "/readyz"));
      const started = Date.now();
      const made = await run(copy.name, `quay.io/shop/${copy.name}@${image.digest}`, worker);
      expect(made.code, made.text).toBe(0);
      await runs(copy.name);
      console.log(`without ${copy.host}: a pod ran ${((Date.now() - started) / 1000).toFixed(0)} s after it was made`);
    } finally {
      await site.control.hostUp(copy.host);
    }
    await until("the site is healthy", 300, () => site.healthy().then(() => true));
  }
});

test("a second up changes nothing", async () => {
  const { code, text } = await upWith({ registry: { kind: "local" } });
  expect(code, text).toBe(0);
  expect(text).toContain("Nothing changed");
});

test("machines that are made anew get all images of the other copy, one after the other", async () => {
  const before = registryMachines(site.plan).map(({ name }) => name);
  const ids = await machineIds(site);
  const { code, text } = await upWith({ registry: { kind: "local" }, "controlPlanes.memoryGiB": 7 });
  expect(code, text).toBe(0);
  const after = await machineIds(site);
  expect(before.filter((name) => after[name] === ids[name])).toEqual([]);
  for (const name of before) {
    expect(await site.ssh(name, "cat /var/lib/groundwork/joined; ls /var/lib/groundwork/registry-filled")).toContain(
      "filled",
    );
    for (const path of ["first", ...before])
      expect(
        (
          await site.attempt("skopeo", [
            ...[
              "inspect",
              "--no-tags",
              `--cert-dir=${certs}`,
              `docker://${registryAt(site.machine(name))}/quay.io/shop/${path}:1.0.0`,
            ],
          ])
        ).text,
      ).toContain("sha256:");
  }
});
