import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { fluxImages } from "../../image/containers/flux-images";
import { AGNHOST } from "../../image/programs/upstream";
import { ensure, repository } from "../../lab/toolchain/artifact";
import { GitServer } from "../support/gitServer";
import { demo, type Ended, labIsKept, RunningSite, until } from "../support/lab/site";
import { keepSecret } from "./backedUp";

// W5: what runs in the cluster is what a repository of the owner's says, on a git server that is no machine of the site.

const namespace = "tills";
/** Seconds until Flux has seen a commit, which it is told to look for. */
const patience = 240;

const folder = mkdtempSync(join(tmpdir(), "groundwork-gitops-"));
let site: RunningSite;
let git: GitServer;

beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  git = await GitServer.start(site.plan.spec.network.gateway);
  const archive = readFileSync(join(await ensure(fluxImages()), "layout.tar"));
  for (const { name } of site.machines("control-plane", "worker")) {
    const load = ["exec", "-i", site.container(name), "ctr", "--namespace", "k8s.io", "images", "import", "-"];
    await site.run("docker", load, { input: archive, seconds: 300 });
  }
  await keepSecret(site, "gitopsToken", git.token);
});
afterAll(async () => {
  await site?.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false");
  if (labIsKept) await demo();
  await git?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Brings the demo's site up, with a repository or without. */
function brought(isHandedOver: boolean): Promise<Ended> {
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  const set = (path: string, value: unknown) => document.setIn(["config", "groundwork:site", path], value);
  set("namespaces", [{ name: namespace }]);
  if (isHandedOver) set("gitops", { flux: { url: git.url, user: git.user, ca: git.ca, intervalMinutes: 1 } });
  const stack = join(folder, "Pulumi.gitops.yaml");
  writeFileSync(stack, document.toString({ lineWidth: 0 }));
  return demo("--stack", stack);
}

async function up(isHandedOver: boolean): Promise<string> {
  const { code, text } = await brought(isHandedOver);
  expect(code, text).toBe(0);
  return text;
}

/** Commits, and has the repository looked at now. */
async function commit(files: Record<string, object | undefined>): Promise<string> {
  const id = git.commit(files);
  await look();
  return id;
}

async function look(): Promise<void> {
  const now = `reconcile.fluxcd.io/requestedAt=${Date.now()}`;
  for (const kind of ["gitrepositories", "kustomizations"])
    await site.kubectl("-n", "flux-system", "annotate", "--overwrite", kind, "site", now);
}

interface Status {
  status?: { conditions?: { type: string; status: string; message: string }[] };
}

/** Waits until Flux says of one of its objects that it is so, or not. */
function told(kind: "gitrepositories" | "kustomizations", ready: "True" | "False", says: string): Promise<boolean> {
  return until(`${kind}: ${ready}, ${says}`, patience, async () => {
    const { status } = await site.kubectlJson<Status>("-n", "flux-system", "get", kind, "site");
    const found = status?.conditions?.find(({ type }) => type === "Ready");
    if (found?.status === ready && found.message.includes(says)) return true;
    throw new Error(`${found?.status}: ${found?.message}`);
  });
}

const metadata = (name: string, within = namespace) => ({ name, namespace: within });
const prices = (coffee: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: metadata("prices"),
  data: { coffee },
});
const coffee = async () =>
  (await site.kubectl("-n", namespace, "get", "configmap", "prices", "-o", "jsonpath={.data.coffee}")).trim();

test("what is committed runs, and a second `up` changes nothing", async () => {
  git.commit({ "prices.yaml": prices("2"), "till.yaml": till() });
  await up(true);
  await told("kustomizations", "True", "Applied revision: main@sha1:");
  expect(await coffee()).toBe("2");
  await site.kubectl("-n", namespace, "rollout", "status", "deployment/till", "--timeout=120s");
  expect(await up(true)).toContain("Nothing changed");
  const id = await commit({ "prices.yaml": prices("3") });
  await told("kustomizations", "True", id);
  expect(await coffee()).toBe("3");
});

test("a commit that names what is not the repository's is refused and told, and `up` finds nothing", async () => {
  const policy = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: metadata("default-deny") };
  const opened = { ...policy, spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] } };
  for (const [object, says] of [
    [opened, "`up` makes this object from the site's description"],
    [{ ...prices("4"), metadata: metadata("prices", "kube-system") }, "forbidden"],
  ] as const) {
    await commit({ "too-much.yaml": object, "prices.yaml": prices("4") });
    await told("kustomizations", "False", says);
    expect(await coffee()).toBe("3");
  }
  expect(await up(true)).toContain("Nothing changed");
  const id = await commit({ "too-much.yaml": undefined, "prices.yaml": prices("3") });
  await told("kustomizations", "True", id);
});

test("nobody else reaches what source-controller has fetched", async () => {
  const [pod] = await podsOf("app=till");
  const asks = await site.attempt("kubectl", [
    ...["-n", namespace, "exec", pod ?? "", "--", "/agnhost", "connect", "--timeout=5s"],
    "source-controller.flux-system.svc.cluster.local:80",
  ]);
  expect(asks.code).not.toBe(0);
  expect(asks.text).toMatch(/TIMEOUT|REFUSED/);
});

test("while the repository is away everything goes on, and `up` does not wait for it", async () => {
  await git.silence();
  await look();
  await told("gitrepositories", "False", "connect");
  expect(await coffee()).toBe("3");
  expect(await up(true)).toContain("Nothing changed");
  await git.answer();
  const id = await commit({ "prices.yaml": prices("5") });
  await told("kustomizations", "True", id);
  expect(await coffee()).toBe("5");
});

test("both controllers take less than they ask for and are allowed, which is told", async () => {
  const used = await until("the metrics API has seen both", patience, async () => {
    const text = await site.kubectl("-n", "flux-system", "top", "pods", "--no-headers");
    return text.trim().split("\n").length === 2 ? text : undefined;
  });
  console.log(used);
  for (const mib of [...used.matchAll(/(\d+)Mi/g)].map(([, number]) => Number(number))) expect(mib).toBeLessThan(200);
});

test("left out of the description, Flux goes, and what it applied stays", async () => {
  const pods = await podsOf("app=till");
  await up(false);
  expect((await site.attempt("kubectl", ["get", "namespace", "flux-system"])).text).toContain("not found");
  expect(await coffee()).toBe("5");
  expect(await podsOf("app=till")).toEqual(pods);
  expect(await up(false)).toContain("Nothing changed");
});

/** A workload that meets the level `restricted`, and answers to `exec`. */
function till(): object {
  const labels = { app: "till" };
  const container = {
    name: "till",
    image: `registry.k8s.io/${AGNHOST}`,
    args: ["pause"],
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      runAsNonRoot: true,
      runAsUser: 65534,
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata("till"),
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container], terminationGracePeriodSeconds: 1 } },
    },
  };
}

async function podsOf(label: string): Promise<string[]> {
  const names = await site.kubectl("-n", namespace, "get", "pods", "-l", label, "-o", "name");
  return names.trim().split("\n").sort();
}
