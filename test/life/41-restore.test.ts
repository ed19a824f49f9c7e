import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { objectsOf } from "../../cli/drill/objects";
import { ensureStack } from "../../cli/stack/emptyStack";
import { Api } from "../../sdks/kubernetes/api";
import { compared } from "../../site/life/drill";
import { attempt, demo, RunningSite, until } from "../support/lab/site";
import { type BackedUp, backedUp, describeSite, groundwork, up } from "./backedUp";
import { lose, signedIn } from "./lost";
import { printedCommands } from "./printed";

// D2, R5: a site that is gone with its state is built again from the repository, the passphrase and a backup, as its runbook says: on
// other addresses, and on its own ones.

/** Seconds, after the machines exist, in which a restore is done. */
const limit = 180;
const namespace = "shop";
let site: RunningSite;
let backups: BackedUp;

beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  backups = await backedUp(site);
});
afterAll(async () => {
  // With the description that other tests start from.
  await demo();
});

/** What an owner has in a cluster: a workload, its settings, and a login that lives outside the cluster. */
async function furnish(): Promise<string> {
  const metadata = (name: string) => ({ name, namespace });
  const labels = { app: "shop" };
  const pod = { containers: [{ name: "shop", image: "registry.k8s.io/pause:3.10.2", imagePullPolicy: "Never" }] };
  const template = { metadata: { labels }, spec: pod };
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "Secret", metadata: metadata("login"), stringData: { password: "kept" } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: metadata("robot") },
    ...Array.from({ length: 50 }, (_, i) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: metadata(`setting-${i}`),
      data: { value: `${i}` },
    })),
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: metadata("robot"),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
      subjects: [{ kind: "ServiceAccount", ...metadata("robot") }],
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: metadata("shop"),
      spec: { replicas: 3, selector: { matchLabels: labels }, template },
    },
  ];
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  await site.run("kubectl", ["apply", "--filename", "-"], { input: list });
  await site.kubectl("rollout", "status", "deployment/shop", "--namespace", namespace, "--timeout=90s");
  return (await site.kubectl("create", "token", "robot", "--namespace", namespace, "--duration", "2h")).trim();
}

async function inventory() {
  const api = new Api(readFileSync(site.paths.kubeconfig, "utf8"));
  return objectsOf(api).finally(() => api.close());
}

/** The command that restores from SFTP, as the runbook has it, and what it needs before. */
async function printed(): Promise<{ fetch: string; restore: string }> {
  const output = join(site.paths.folder, "runbook.html");
  const written = await groundwork(site, "runbook", "--output", output);
  expect(written.code, written.text).toBe(0);
  const commands = printedCommands(readFileSync(output, "utf8")).map(({ command }) => command);
  const fetch = commands.find((command) => command.includes("config get backupSftpKey")) ?? "";
  const restore =
    commands.find((command) => command.includes("groundwork restore") && command.includes("sftp://")) ?? "";
  return { fetch, restore: restore.replace("--identity KEY", `--identity ${backups.identity}`) };
}

test.each([
  ["addresses that are new", { "network.machines": ".110-.149", "network.apiVip": ".105" }],
  ["its own addresses", { "network.machines": ".10-.99", "network.apiVip": ".5" }],
])("a site that is lost with its state is back on %s, in one run", async (what, addresses) => {
  const token = await furnish();
  const made = await groundwork(site, "backup");
  expect(made.code, made.text).toBe(0);
  const revision = Number(/at revision (\d+)/.exec(made.text)?.[1]);
  const before = await inventory();
  const { fetch, restore } = await printed();
  await lose(site);
  const subnet = site.plan.spec.network.gateway.replace(/\.\d+$/, "");
  const change = Object.entries(addresses).map(([path, value]) => [path, value.replaceAll(/\.(?=\d)/g, `${subnet}.`)]);
  describeSite(site, Object.fromEntries(change));

  const shell = (command: string) => attempt("bash", ["-c", command], { env: site.environment, seconds: 500 });
  await ensureStack(site.stack);
  const fetched = await shell(fetch);
  expect(fetched.code, fetched.text).toBe(0);
  const restored = await shell(restore);
  expect(restored.code, restored.text).toBe(0);
  const [, seconds = ""] = /, (\d+) s of it after the machines existed/.exec(restored.text) ?? [];
  console.log(`${what}:\n${restored.text.trim()}`);
  expect(Number(seconds)).toBeGreaterThan(0);
  expect(Number(seconds)).toBeLessThanOrEqual(limit);

  site = await signedIn(site);
  await until("the site is healthy", 60, () => site.healthy().then(() => true));
  expect(site.machines().every(({ address }) => address.startsWith(`${subnet}.`))).toBe(true);
  const { compared: count, same, rewritten, missing, different, later } = compared(before, await inventory(), revision);
  console.log(
    `${what}: ${same} of ${count} objects are the same, ${rewritten.length} rewritten: ${rewritten.join(", ")}; ${later} are later`,
  );
  expect([missing, different]).toEqual([[], []]);
  expect(rewritten.filter((key) => key.includes(` ${namespace}/`) && !/ shop\/shop/.test(key))).toEqual([]);
  const password = await site.kubectl("get", "secret/login", "-n", namespace, "-o", "jsonpath={.data.password}");
  expect(Buffer.from(password, "base64").toString()).toBe("kept");
  await site.kubectl("rollout", "status", "deployment/shop", "--namespace", namespace, "--timeout=60s");
  const asRobot = ["--token", token, "--kubeconfig", "/dev/null", "--server", `https://${site.plan.vip}:6443`];
  const ca = join(site.paths.folder, "ca.crt");
  writeFileSync(
    ca,
    Buffer.from(
      /certificate-authority-data: (\S+)/.exec(readFileSync(site.paths.kubeconfig, "utf8"))?.[1] ?? "",
      "base64",
    ),
  );
  const asked = await site.run("kubectl", [
    ...asRobot,
    `--certificate-authority=${ca}`,
    "-n",
    namespace,
    "get",
    "configmaps",
    "-o",
    "name",
  ]);
  expect(asked.match(/setting-/g)).toHaveLength(50);
  expect(await site.etcdHashes()).toHaveLength(1);
});

test("the restored site has its backups again, and a second run changes nothing (D2, D3)", async () => {
  const made = await groundwork(site, "backup");
  expect(made.code, made.text).toBe(0);
  await up(site);
  const { code, stdout, stderr } = await site.pulumi("preview", "--expect-no-changes");
  expect(code, stdout + stderr).toBe(0);
});
