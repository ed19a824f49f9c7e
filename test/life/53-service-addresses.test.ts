import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { isIPv4 } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import { contains, parseRange, toNumber } from "../../site/description/ipv4";
import { replicated } from "../support/lab/replicated";
import { demo, type Ended, labIsKept, RunningSite, until } from "../support/lab/site";
import { watchAnswers } from "../support/lab/watchAnswers";

// Services of type LoadBalancer, reached by a client that is no machine of the site, through TCP and nothing else.

const namespace = "exposed";
const range = "10.42.0.200-10.42.0.219";
/** How long nobody may answer for an address after a host is lost, in seconds. */
const patience = 60;

const folder = mkdtempSync(join(tmpdir(), "groundwork-services-"));
let site: RunningSite;
/** By the Service's name. */
let addresses: Record<"local" | "cluster", string>;

beforeAll(async () => {
  const { code, text } = await upWith(range);
  expect(code, text).toBe(0);
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  await site.run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(workload()) });
  await site.run("kubectl", ["apply", "-f", "-"], { input: JSON.stringify(services()) });
  await site.kubectl("-n", namespace, "rollout", "status", "deployment/web", "--timeout=120s");
  addresses = { local: await given("local"), cluster: await given("cluster") };
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await site?.kubectl("delete", "namespace", namespace, "--ignore-not-found", "--wait=false");
  if (labIsKept) await demo();
});

test("each gets an address of its own, of the site's range, and answers there", async () => {
  const own = parseRange(site.plan.spec.network.serviceAddresses ?? "");
  expect(Object.values(addresses).filter((address) => !contains(own, toNumber(address)))).toEqual([]);
  expect(addresses.local).not.toBe(addresses.cluster);
  for (const address of Object.values(addresses)) await until(`${address} answers`, patience, () => asked(address));
  // The pod sees who asks: a machine on the machines' network that is none of them.
  const client = await asked(addresses.local);
  expect(client).toBe(site.plan.spec.network.gateway);
});

test("a second up changes nothing, and what answers for them may do no more than it has to", async () => {
  const { code, text } = await upWith(range);
  expect(code, text).toBe(0);
  expect(text).toContain("Nothing changed");
  const may = async (who: string, ...what: string[]) =>
    (
      await site.attempt("kubectl", [...["auth", "can-i", ...what], `--as=system:serviceaccount:metallb-system:${who}`])
    ).stdout.trim();
  expect(await may("speaker", "watch", "services", "-A")).toBe("yes");
  for (const who of ["controller", "speaker"])
    for (const what of [
      ["get", "secrets", "-n", "kube-system"],
      ["create", "secrets", "-n", "metallb-system"],
      ["list", "pods", "-n", "kube-system"],
      ["patch", "nodes"],
      ["create", "pods", "-A"],
    ])
      expect(await may(who, ...what), `${who} ${what.join(" ")}`).toBe("no");
  expect(await may("controller", "get", "secrets", "-n", "metallb-system")).toBe("no");
  const { items } = await site.kubectlJson<{ items: { spec: { nodeName: string } }[] }>(
    ...["-n", "metallb-system", "get", "pods", "-l", "component=speaker"],
  );
  const workers = site.machines("worker").map(({ name }) => name);
  expect(items.map(({ spec }) => spec.nodeName).sort()).toEqual(workers.sort());
});

test("another worker answers when the host of the one that did is lost (L6)", async () => {
  const node = await announcing("local");
  const { host } = site.machine(node);
  const watches = Object.entries(addresses).map(([name, address]) => ({
    name,
    watch: watchAnswers(() => asked(address)),
  }));
  await sleep(2000);
  await site.control.hostDown(host);
  try {
    await until("another worker answers", patience, async () =>
      (await announcing("local")) !== node && (await asked(addresses.local)) ? true : undefined,
    );
    // A pod that was lost is among those of the other Service until Kubernetes has noticed.
    await until("both answer each time", patience + 60, () => eachTime(Object.values(addresses), 20));
  } finally {
    await site.control.hostUp(host);
  }
  for (const { name, watch } of watches) {
    const { longest, answered } = await watch.stop();
    console.log(`${name}: nobody answered for ${(longest / 1000).toFixed(1)} s at the longest; ${answered} answers`);
    expect(longest).toBeGreaterThan(0);
  }
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  await until("both answer each time", patience, () => eachTime(Object.values(addresses), 20));
});

test("a range that meets the machines' is refused before anything", async () => {
  const { code, text } = await upWith("10.42.0.90-10.42.0.110");
  expect(code).not.toBe(0);
  expect(text).toMatch(
    /network\.serviceAddresses: \S+ meets network\.machines \S+, and a Service and a machine would get/,
  );
  expect(await asked(addresses.local)).toBeDefined();
});

test("left out of the description, it goes, and its addresses with it", async () => {
  const { code, text } = await upWith(undefined);
  expect(code, text).toBe(0);
  const { text: left } = await site.attempt("kubectl", ["get", "namespace", "metallb-system"]);
  expect(left).toContain("not found");
  await until("nobody answers", patience, async () => {
    const answers = await Promise.all(Object.values(addresses).map(asked));
    return answers.every((answer) => answer === undefined) ? true : undefined;
  });
});

/** Brings the demo's site up with a range for Services. */
async function upWith(serviceAddresses: string | undefined): Promise<Ended> {
  const document = parseDocument(readFileSync(join(repository, "stacks/Pulumi.demo.yaml"), "utf8"));
  if (serviceAddresses !== undefined)
    document.setIn(["config", "groundwork:site", "network", "serviceAddresses"], serviceAddresses);
  const stack = join(folder, "Pulumi.services.yaml");
  writeFileSync(stack, document.toString({ lineWidth: 0 }));
  return demo("--stack", stack);
}

/** The address that a Service was given. */
function given(name: string): Promise<string> {
  return until(`Service ${name} has an address`, patience, async () => {
    const path = "jsonpath={.status.loadBalancer.ingress[0].ip}";
    const address = await site.kubectl("-n", namespace, "get", "service", name, "-o", path);
    return isIPv4(address) ? address : undefined;
  });
}

/** The node that answers for a Service, by what its speaker says. */
async function announcing(service: string): Promise<string> {
  const { items } = await site.kubectlJson<{ items: { status?: { node: string; serviceName: string } }[] }>(
    ...["-n", "metallb-system", "get", "servicel2statuses.metallb.io"],
  );
  const [status] = items.filter(({ status }) => status?.serviceName === service);
  if (status?.status === undefined) throw new Error(`nobody says that it answers for ${service}`);
  return status.status.node;
}

/** Whom the web server behind an address takes the client for; undefined if nobody answers within a second. */
function asked(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = get(`http://${address}/clientip`, { agent: false, timeout: 1000 }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk;
      });
      response.on("end", () => resolve(response.statusCode === 200 ? text.replace(/:\d+$/, "") : undefined));
      response.on("error", () => resolve(undefined));
    });
    request.on("timeout", () => request.destroy(new Error("late")));
    request.on("error", () => resolve(undefined));
  });
}

async function eachTime(all: readonly string[], times: number): Promise<true | undefined> {
  for (let i = 0; i < times; i++) for (const address of all) if ((await asked(address)) === undefined) return undefined;
  return true;
}

/** One copy on each worker. */
function workload(): object {
  const labelSelector = { matchLabels: { app: "web" } };
  const apart = { topologyKey: "kubernetes.io/hostname", labelSelector };
  return replicated("web", namespace, 2, {
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart] } },
  });
}

/** One whose traffic stays on the worker that answers, and one that any worker passes on. */
function services(): object {
  return {
    apiVersion: "v1",
    kind: "List",
    items: ["Local", "Cluster"].map((externalTrafficPolicy) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: externalTrafficPolicy.toLowerCase(), namespace },
      spec: {
        type: "LoadBalancer",
        allocateLoadBalancerNodePorts: false,
        externalTrafficPolicy,
        selector: { app: "web" },
        ports: [{ port: 80, targetPort: 8080, protocol: "TCP" }],
      },
    })),
  };
}
