import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type PulumiStack, pulumi, pulumiOrThrow } from "../../cli/stack/pulumi";
import { repository } from "../../lab/toolchain/artifact";
import type { Role } from "../../site/description/spec";
import { type Server, Servers } from "../support/lab/servers";
import { RunningSite } from "../support/lab/site";

// A second site on servers that nobody makes for it: no vCenter, only SSH with a key of their owner's.

const groups: { role: Role; count: number }[] = [
  { role: "etcd", count: 3 },
  { role: "control-plane", count: 2 },
  { role: "load-balancer", count: 2 },
  { role: "worker", count: 1 },
];

describe("a site on servers that exist", () => {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-existing-"));
  const kubeconfig = join(folder, "kubeconfig");
  let running: RunningSite;
  let servers: Servers;
  let stack: PulumiStack;

  beforeAll(async () => {
    running = await RunningSite.open();
    servers = await Servers.of(running);
    const subnet = running.plan.spec.network.gateway.replace(/\.\d+$/, "");
    const wanted = groups.flatMap(({ role, count }) => Array.from({ length: count }, (_, i) => ({ role, i })));
    const machines = await Promise.all(
      wanted.map(async ({ role, i }, n) => {
        const host = `esx-${(i % 3) + 1}`;
        const data = role === "etcd" ? `${host}-a` : undefined;
        const server = await servers.start(`plain-${role}-${"abc"[i]}`, host, `${subnet}.${110 + n}`, data);
        return { role, server };
      }),
    );
    stack = {
      folder: repository,
      stack: "existing",
      configFile: join(folder, "Pulumi.existing.yaml"),
      env: { ...process.env, ...running.environment, PULUMI_STACK: "existing" },
    };
    const config = { "groundwork:site": description(running, subnet, machines) };
    writeFileSync(stack.configFile ?? "", stringify({ config }), { mode: 0o600 });
    // Pulumi writes the new stack's salt beside the Pulumi.yaml it finds: not into the repository.
    writeFileSync(join(folder, "Pulumi.yaml"), "name: groundwork\nruntime: nodejs\n");
    await pulumiOrThrow({ ...stack, folder }, ["stack", "init", "--secrets-provider", "passphrase"]);
    await running.run("pulumi", setKey(stack), { input: servers.ownersKey });
  });
  afterAll(async () => {
    await servers?.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  test("comes up by SSH alone", async () => {
    const pack = ["--policy-pack", join(repository, "policies")];
    const { code, stdout, stderr } = await pulumi(stack, [
      "up",
      "--yes",
      "--skip-preview",
      "--parallel",
      "64",
      ...pack,
    ]);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).not.toContain("vsphere:");
  });

  test("has the nodes that its description names, Ready, behind its own address", async () => {
    const text = await pulumiOrThrow(stack, ["stack", "output", "kubeconfig", "--show-secrets"]);
    writeFileSync(kubeconfig, text, { mode: 0o600 });
    const ready = "{range .items[*]}{.metadata.name}={.status.conditions[?(@.type=='Ready')].status} {end}";
    const nodes = await running.run("kubectl", ["get", "nodes", "-o", `jsonpath=${ready}`], {
      env: { KUBECONFIG: kubeconfig },
    });
    expect(nodes.trim().split(" ").sort()).toEqual([
      "plain-control-plane-a=True",
      "plain-control-plane-b=True",
      "plain-worker-a=True",
    ]);
  });

  test("keeps etcd's data on the devices that the description names", async () => {
    const members = JSON.parse(
      await pulumiOrThrow(stack, ["stack", "output", "members", "--show-secrets", "--json"]),
    ) as {
      name: string;
      device: string;
    }[];
    expect(new Set(members.map(({ device }) => device)).size).toBe(3);
  });

  test("previews no change", async () => {
    const { code, stdout, stderr } = await pulumi(stack, ["preview", "--expect-no-changes"]);
    expect(code, stdout + stderr).toBe(0);
  });
});

/** The key goes in as people give it: on standard input. */
function setKey({ stack, configFile = "" }: PulumiStack): string[] {
  return ["config", "set", "--secret", "sshPrivateKey", "--stack", stack, "--config-file", configFile];
}

function description(running: RunningSite, subnet: string, machines: { role: Role; server: Server }[]): unknown {
  const { spec } = running.plan;
  return {
    name: "plain",
    hypervisor: { kind: "existing" },
    hosts: spec.hosts,
    machines: machines.map(({ role, server }) => ({
      ...server,
      role,
      user: "owner",
      ...(role === "worker" && { pool: "worker" }),
      cpus: 2,
      memoryGiB: 4,
      ...(role === "etcd" && { datastore: `${server.host}-a` }),
    })),
    network: { ...spec.network, apiVip: `${subnet}.105`, machines: `${subnet}.110-${subnet}.129` },
    kubernetes: spec.kubernetes,
    etcd: { members: 3 },
    controlPlanes: 2,
    loadBalancer: { kind: "haproxy", count: 2 },
    workers: [{ name: "worker", count: 1, cpus: 2, memoryGiB: 4 }],
  };
}
