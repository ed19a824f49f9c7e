import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseSite, readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import type { SiteInput } from "../../site/description/spec";
import { planSite } from "../../site/plan/plan";
import { machineFiles } from "../../site/render/machine";
import { hasNodeSettings, poolNodesScript } from "../../site/render/poolNodes";
import { hostKeyOf } from "../support/hostKeys";
import { host, site, threeHosts } from "../support/sites";

type Pool = NonNullable<SiteInput["workers"]>[number];

const size = { count: 1, cpus: 4, memoryGiB: 16 };
const gpu: Pool = {
  ...size,
  name: "gpu",
  labels: { "example.com/accelerator": "gpu", tier: "special" },
  taints: [{ key: "example.com/dedicated", value: "gpu", effect: "NoSchedule" }],
  kubelet: { maxPods: 40 },
};
const general: Pool = { ...size, name: "general" };

/** A machine's labels as the kubelet is told them, and its configuration. */
function nodeOf(input: SiteInput, name: string) {
  const plan = planSite(parseSite(input));
  const machine = plan.machines.find((each) => each.name === name);
  if (machine === undefined) throw new Error(`there is no machine ${name}`);
  const text = (path: string) =>
    machineFiles(plan, machine)
      .find((file) => file.path === path)
      ?.content.filter((part) => typeof part === "string")
      .join("") ?? "";
  const labels = /--node-labels=([^ "]*)/.exec(text("/var/lib/kubelet/kubeadm-flags.env"))?.[1]?.split(",");
  return { labels, kubelet: parse(text("/var/lib/kubelet/config.yaml")), join: text("/etc/kubernetes/kubeadm.yaml") };
}

const servers: SiteInput = {
  ...site(["a", "b", "c", "d"].map((name) => host(name))),
  hypervisor: { kind: "existing" },
  workers: [{ ...gpu }],
  loadBalancer: { kind: "external", endpoint: "lb.example" },
  etcd: { members: 1 },
  controlPlanes: 1,
  machines: (["etcd", "control-plane", "worker"] as const).map((role, i) => ({
    name: `shop-${role}`,
    role,
    ...(role === "worker" && { pool: "gpu" }),
    host: ["a", "b", "c"][i] as string,
    address: `10.0.42.${20 + i}`,
    hostKey: hostKeyOf(i),
  })),
};

describe("labels, taints and kubelet fields of a worker pool reach its nodes", () => {
  test.each([
    ["virtual machines", site(threeHosts, { workers: [general, gpu] }), "shop-gpu-a"],
    ["servers that exist", servers, "shop-worker"],
  ])("of %s", (_, input, name) => {
    const { labels, kubelet, join } = nodeOf(input, name);
    expect(labels).toContain("example.com/accelerator=gpu");
    expect(labels).toContain("tier=special");
    expect(labels).toContain("groundwork.local/pool=gpu");
    expect(kubelet).toMatchObject({ maxPods: 40, registerWithTaints: gpu.taints });
    expect(parse(join).nodeRegistration.taints).toEqual(gpu.taints);
  });

  test("and nobody else's", () => {
    const input = site(threeHosts, { workers: [general, gpu] });
    for (const name of ["shop-general-a", "shop-control-plane-a"]) {
      const { labels, kubelet } = nodeOf(input, name);
      expect(labels?.join()).not.toContain("example.com");
      expect(kubelet.maxPods).not.toBe(40);
      expect(JSON.stringify(kubelet)).not.toContain("example.com");
    }
  });

  test("a pool's kubelet fields win over the site's", () => {
    const kubernetes = { ...site(threeHosts).kubernetes, kubelet: { maxPods: 80, podPidsLimit: 100 } };
    const { kubelet } = nodeOf(site(threeHosts, { kubernetes, workers: [gpu] }), "shop-gpu-a");
    expect(kubelet).toMatchObject({ maxPods: 40, podPidsLimit: 100 });
  });
});

describe("the program that keeps them", () => {
  const plan = planSite(parseSite(site(threeHosts, { workers: [general, gpu] })));
  const pool = (name: string) => plan.spec.workers.find((each) => each.name === name) as never;

  test("is there for a pool that has any, and names its nodes", () => {
    expect([hasNodeSettings(pool("general")), hasNodeSettings(pool("gpu"))]).toEqual([false, true]);
    expect(poolNodesScript(plan, pool("gpu")).split("\n").slice(0, 4)).toEqual([
      "POOL='gpu'",
      "NODES='shop-gpu-a'",
      "LABELS='example.com/accelerator=gpu tier=special'",
      "TAINTS='example.com/dedicated=gpu:NoSchedule'",
    ]);
  });

  test("bash and shellcheck have nothing to say", () => {
    const input = poolNodesScript(plan, pool("gpu"));
    expect(execFileSync("bash", ["-n"], { input, encoding: "utf8" })).toBe("");
    expect(execFileSync("shellcheck", ["--shell=bash", "-"], { input, encoding: "utf8" })).toBe("");
  });
});

describe("what Kubernetes would refuse is refused before anything is made", () => {
  const problems = (pool: Partial<Pool>) => {
    const result = readSite(site(threeHosts, { workers: [{ ...general, ...pool }] }));
    return "problems" in result ? result.problems.map(formatProblem) : [];
  };
  const labelled = (key: string, value = "x") => problems({ labels: { [key]: value } });
  const tainted = (...keys: string[]) => problems({ taints: keys.map((key) => ({ key, effect: "NoExecute" })) });

  test.each(["tier", "example.com/tier", "a.b-c.d/e_f.g-h", "x".repeat(63)])("%s is taken", (key) => {
    expect([...labelled(key), ...tainted(key)]).toEqual([]);
  });
  test.each(["kubernetes.io", "node-restriction.kubernetes.io", "node.kubernetes.io", "x.k8s.io"])(
    "%s is Kubernetes' own",
    (prefix) => {
      expect(labelled(`${prefix}/x`)).toEqual([
        `workers[0].labels.${prefix}/x: ${prefix} is reserved for Kubernetes; use a prefix of your own, example.com/name`,
      ]);
      expect(tainted(`${prefix}/x`)).toEqual([
        `workers[0].taints[0].key: ${prefix} is reserved for Kubernetes; use a prefix of your own, example.com/name`,
      ]);
    },
  );
  test("a prefix that only looks like it is not", () => {
    expect(labelled("mykubernetes.io/x")).toEqual([]);
  });
  test("the plan's own labels are the plan's", () => {
    expect(labelled("groundwork.local/rack")).toEqual([
      "workers[0].labels.groundwork.local/rack: groundwork.local is reserved for Groundwork; use a prefix of your own, example.com/name",
    ]);
  });
  test.each(["", "a/b/c", "Example.com/x", "-x", "x-", "a b", "example.com/", "/x", `${"x".repeat(64)}`])(
    "%j is no key",
    (key) => {
      expect(labelled(key)).toHaveLength(1);
      expect(tainted(key)).toHaveLength(1);
    },
  );
  test("a value that is none", () => {
    expect(labelled("tier", "a b")).toEqual([
      expect.stringMatching(/^workers\[0\]\.labels\.tier: .*; use letters, digits, hyphens, dots and underscores$/),
    ]);
    expect(labelled("tier", "")).toEqual([]);
  });
  test("a taint that is there twice", () => {
    expect(tainted("a", "a")).toEqual([
      "workers[0].taints[1].key: a:NoExecute is there twice; name a key once for each effect",
    ]);
  });
  test("an effect that there is none of", () => {
    expect(problems({ taints: [{ key: "a", effect: "Never" as "NoExecute" }] })).toEqual([
      expect.stringMatching(/^workers\[0\]\.taints\[0\]\.effect: /),
    ]);
  });
});
