import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { healthScript } from "../../components/Health";
import { parseSite } from "../../site/description/parse";
import type { MachinePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { applyScript, machineFiles } from "../../site/render/machine";
import { shell } from "../../site/render/shell";
import { refusal } from "../support/refusal";
import { functionOf, run } from "../support/shellProgram";
import { site, threeHosts } from "../support/sites";

const DROP_IN = "/etc/systemd/system/containerd.service.d/groundwork-proxy.conf";
const http = "http://proxy.corp.example:3128";
const withProxy = planSite(
  parseSite(site(threeHosts, { proxy: { http, noProxy: [".corp.example", "192.168.0.0/16"] } })),
);
const without = planSite(parseSite(site(threeHosts)));
const of = (role: string) => withProxy.machines.filter((machine) => machine.role === role);

describe("F12: a proxy", () => {
  test("is in the environment of containerd alone, with what is reached without it", () => {
    const [worker] = of("worker") as [MachinePlan];
    const found = machineFiles(withProxy, worker).filter(({ content }) => content.join("").includes(http));
    expect(found.map(({ path, units }) => [path, units])).toEqual([[DROP_IN, ["containerd"]]]);
    expect(found[0]?.content.join("")).toMatchInlineSnapshot(`
      "[Service]
      Environment="HTTP_PROXY=http://proxy.corp.example:3128"
      Environment="HTTPS_PROXY=http://proxy.corp.example:3128"
      Environment="NO_PROXY=localhost,127.0.0.0/8,::1,10.0.42.0/24,10.244.0.0/16,10.96.0.0/16,10.0.42.5,.svc,.cluster.local,shop-control-plane-a,shop-control-plane-b,shop-etcd-a,shop-etcd-b,shop-etcd-c,shop-general-a,shop-general-b,shop-load-balancer-a,shop-load-balancer-b,vc.example,.corp.example,192.168.0.0/16"
      "
    `);
  });

  test("is on machines that pull images and on no other", () => {
    const has = (machine: MachinePlan) => machineFiles(withProxy, machine).some(({ path }) => path === DROP_IN);
    for (const machine of withProxy.machines)
      expect(has(machine), machine.name).toBe(["worker", "control-plane"].includes(machine.role));
    for (const machine of without.machines)
      expect(machineFiles(without, machine).map(({ path }) => path)).not.toContain(DROP_IN);
  });

  test.each([
    ["with a login", "http://user:secret@proxy.example:3128"],
    ["with a login that holds what ends one", "http://user:p@secret@proxy.example:3128"],
    ["with a login that holds what ends a host", "http://user:secret/1@proxy.example:3128"],
    ["with a login and what no address has", "http://user:secret@proxy example:3128"],
    ["with a path", "http://proxy.example:3128/proxy.pac"],
    ["of another kind", "socks5://proxy.example:1080"],
    ["without a kind", "proxy.example:3128"],
  ])("%s is refused, and no login of it is told", (_, address) => {
    const [line = "", ...more] = refusal(site(threeHosts, { proxy: { http: address } }));
    expect(more).toEqual([]);
    expect(line).toMatch(/^proxy\.http: .+; use http:\/\/host:port, without a login and a path$/);
    expect(line).not.toContain("secret");
  });

  test.each(["10.0.0.0/33", "10.0.0.256", "corp.example/24", "a..example", "*.corp.example", "http://x.example"])(
    "is not passed by what is neither a name nor a network: %s",
    (entry) =>
      expect(refusal(site(threeHosts, { proxy: { http, noProxy: [entry] } }))).toEqual([
        `proxy.noProxy[0]: "${entry}" is not valid; use a name, a domain with a dot before it, an address or a network`,
      ]),
  );
});

describe("F12: a proxy of a login's environment", () => {
  test("reaches no program that is run on a machine", async () => {
    const [worker] = of("worker") as [MachinePlan];
    const folder = join(__dirname, "../../site/render/shell");
    const installed = [
      "etcd-backup",
      "etcd-defragment",
      "pod-network",
      "check-haproxy",
      "successor",
      "keeper",
      "clock",
      "logs",
      "metrics",
      "own-filters",
      "registry-copy",
    ];
    const parts = [
      "etcd",
      "node",
      "control-plane",
      "registry",
      "worker",
      "load-balancer",
      "member-departure",
      "node-departure",
      "etcd-log",
      "etcd-disk",
      "data-disk",
      "volumes",
      "volumes-departure",
    ];
    const sent = readdirSync(folder)
      .filter((file) => file.endsWith(".sh"))
      .map((file) => file.replace(".sh", ""))
      .filter((name) => ![...installed, ...parts].includes(name));
    const programs = [
      ...sent.map((name) => readFileSync(join(folder, `${name}.sh`), "utf8")),
      applyScript(withProxy, worker),
      healthScript(withProxy),
    ];
    expect(sent).toEqual(["common", "departure", "pool-nodes", "rotation", "snapshot"]);
    for (const program of programs) {
      const line = /^unset .*$/m.exec(program)?.[0] ?? "";
      const said = await run(
        [
          "export HTTP_PROXY=http://x https_proxy=http://y NO_PROXY=z all_proxy=a",
          line,
          "env | grep -i _proxy; true",
        ].join("\n"),
      );
      expect(said).toEqual({ code: 0, output: "" });
    }
  });
});

describe("F16: a machine's host name", () => {
  const begun = (hostname: string, machine: string) =>
    run(
      [
        `MACHINE=${machine} NAME_ADVICE='what to do' STATE=/nonexistent`,
        "fail() { printf '%s\\n' \"$*\"; exit 1; }",
        `hostname() { echo ${hostname}; }`,
        "check() {",
        ...functionOf(shell("common"), "begin")
          .split("\n")
          .filter((line) => /local name|name=\$|name%%/.test(line)),
        "}",
        "check; echo taken",
      ].join("\n"),
    );

  test("may be a full one", async () => {
    expect((await begun("etcd-1.store.example", "etcd-1")).output).toBe("taken\n");
    expect((await begun("etcd-1", "etcd-1")).output).toBe("taken\n");
  });

  test("that is another one's is told with what to do", async () => {
    expect(await begun("etcd-11.store.example", "etcd-1")).toEqual({
      code: 1,
      output: "the host name is etcd-11.store.example; what to do\n",
    });
    expect(applyScript(withProxy, withProxy.machines[0] as MachinePlan)).toContain(
      "see cloud-init status --long on it",
    );
  });
});

describe("F8: networks of pods that bridge", () => {
  const network = {
    kind: "manifest" as const,
    url: "https://network.example/flannel.yaml",
    sha256: "a".repeat(64),
    enforcesNetworkPolicy: false,
  };
  const kernelOf = (podNetwork?: typeof network | { kind: "none" }) => {
    const kubernetes = { version: "1.36.3", ...(podNetwork && { podNetwork }) };
    const plan = planSite(parseSite(site(threeHosts, { kubernetes })));
    const worker = plan.machines.find(({ role }) => role === "worker") as MachinePlan;
    const text = (path: string) =>
      machineFiles(plan, worker)
        .find((file) => file.path === path)
        ?.content.join("") ?? "";
    return [text("/etc/modules-load.d/groundwork.conf"), text("/etc/sysctl.d/90-groundwork.conf")];
  };

  test("have the kernel's module for it, and iptables sees what is bridged", () => {
    for (const podNetwork of [network, { kind: "none" as const }]) {
      const [modules, settings] = kernelOf(podNetwork);
      expect(modules).toContain("br_netfilter\n");
      expect(settings).toContain("net.bridge.bridge-nf-call-iptables = 1\n");
    }
    const [modules, settings] = kernelOf();
    expect(modules).not.toContain("br_netfilter");
    expect(settings).not.toContain("bridge");
  });
});
