import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { currentRelease } from "../../image/programs/release";
import { RunningSite, until } from "../support/lab/site";

interface Node {
  metadata: { name: string; labels: Record<string, string> };
  status: { nodeInfo: { kubeletVersion: string }; conditions: { type: string; status: string }[] };
}

describe("the cluster", () => {
  let site: RunningSite;
  let folder: string;
  beforeAll(async () => {
    site = await RunningSite.open();
    folder = mkdtempSync(join(tmpdir(), "groundwork-cluster-"));
    writeFileSync(join(folder, "etcd-ca.crt"), await site.ssh(firstMember(), "cat /etc/etcd/pki/ca.crt"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const firstMember = () => site.machines("etcd")[0]?.name ?? "";
  const endpoints = (scheme: string) =>
    site
      .machines("etcd")
      .map(({ address }) => `${scheme}://${address}:2379`)
      .join(",");

  it("has every planned node Ready at its version, with the hardware as labels (W1)", async () => {
    const { items } = await site.kubectlJson<{ items: Node[] }>("get", "nodes");
    const seen = items.map(({ metadata, status }) => ({
      name: metadata.name,
      version: status.nodeInfo.kubeletVersion,
      ready: status.conditions.find(({ type }) => type === "Ready")?.status,
      zone: metadata.labels["topology.kubernetes.io/zone"],
    }));
    const planned = site.machines("control-plane", "worker").map(({ name, host }) => ({
      name,
      version: `v${currentRelease.kubernetes.version}`,
      ready: "True",
      zone: host,
    }));
    expect(seen.sort((a, b) => a.name.localeCompare(b.name))).toEqual(planned);
    expect(planned).toHaveLength(4);
  });

  it("runs every pod of the system", async () => {
    const { items } = await site.kubectlJson<{
      items: { metadata: { name: string }; status: { phase: string; containerStatuses: { ready: boolean }[] } }[];
    }>("get", "pods", "--all-namespaces");
    const broken = items.filter(
      ({ status }) => status.phase !== "Running" || status.containerStatuses.some(({ ready }) => !ready),
    );
    expect(broken.map(({ metadata }) => metadata.name)).toEqual([]);
    expect(items.length).toBeGreaterThanOrEqual(12);
  });

  it("has three etcd members, one of them the leader, on one revision of the data", async () => {
    const text = await site.etcdctl("endpoint", "status", "-w", "fields");
    const all = (field: string) => [...text.matchAll(new RegExp(`"${field}" : (\\d+)`, "g"))].map(([, value]) => value);
    const [ids, leaders] = [all("MemberID"), all("Leader")];
    expect(new Set(ids).size).toBe(3);
    expect(new Set(leaders).size).toBe(1);
    expect(ids).toContain(leaders[0]);
    expect(text.match(/"Errors" : \[\]/g)).toHaveLength(3);
    expect(await site.etcdctl("endpoint", "hashkv", "-w", "json")).toContain("hash");
    expect((await site.etcdctl("alarm", "list")).trim()).toBe("");
  });

  it("measured each member's disk before etcd started, and tells it in the outputs (O6)", async () => {
    const told = await site.run("pulumi", [
      "stack",
      "output",
      "members",
      "--show-secrets",
      "--json",
      "--stack",
      site.lab,
    ]);
    const members = JSON.parse(told) as { name: string; disk?: { p99Ms: number; writes: number; time: string } }[];
    expect(members.map(({ name }) => name)).toEqual(site.machines("etcd").map(({ name }) => name));
    for (const { name, disk } of members) {
      expect(JSON.parse(await site.ssh(name, "cat /var/lib/groundwork/disk.json")), name).toEqual(disk);
      expect(disk?.p99Ms, name).toBeGreaterThan(0);
      expect(disk?.writes, name).toBeGreaterThan(0);
      const started = await site.ssh(name, "stat -c %W /var/lib/etcd/data/member");
      expect(Date.parse(disk?.time ?? "") / 1000, name).toBeLessThanOrEqual(Number(started) + 1);
      expect(await site.ssh(name, "find /var/lib/etcd -maxdepth 1 -name 'groundwork-*'")).toBe("");
    }
  });

  it("refuses etcd clients that speak plain HTTP", async () => {
    const { code, text } = await site.attempt("etcdctl", [
      "--endpoints",
      endpoints("http"),
      "--dial-timeout=3s",
      "--command-timeout=3s",
      "endpoint",
      "health",
    ]);
    expect(code).not.toBe(0);
    expect(text).not.toContain("is healthy");
  });

  it("refuses etcd clients without a certificate, on the clients' and on the peers' port (S5)", async () => {
    const { code, text } = await site.attempt("etcdctl", [
      "--endpoints",
      endpoints("https"),
      "--cacert",
      join(folder, "etcd-ca.crt"),
      "--dial-timeout=3s",
      "--command-timeout=3s",
      "endpoint",
      "health",
    ]);
    expect(code).not.toBe(0);
    expect(text).not.toContain("is healthy");
    for (const { address } of site.machines("etcd"))
      for (const port of [2379, 2380]) {
        const request = { input: "GET /version HTTP/1.0\r\n\r\n", seconds: 20 };
        const { text: said } = await site.attempt(
          "openssl",
          ["s_client", "-connect", `${address}:${port}`, "-CAfile", join(folder, "etcd-ca.crt"), "-ign_eof"],
          request,
        );
        expect(said).toContain("Verify return code: 0 (ok)");
        expect(said, `${address}:${port}`).toMatch(/alert certificate required|alert bad certificate/);
      }
  });

  it("encrypts secrets at rest (S6)", async () => {
    await site.kubectl("create", "secret", "generic", "kept", "--from-literal=word=plain-as-day");
    await site.kubectl("create", "configmap", "shown", "--from-literal=word=plain-as-day");
    try {
      const stored = async (prefix: string): Promise<Buffer[]> => {
        const answer = JSON.parse(await site.etcdctl("get", prefix, "--prefix", "-w", "json")) as {
          kvs: { value: string }[];
        };
        return answer.kvs.map(({ value }) => Buffer.from(value, "base64"));
      };
      const secrets = await stored("/registry/secrets/");
      expect(secrets.length).toBeGreaterThanOrEqual(2);
      for (const value of secrets)
        expect(value.subarray(0, 34).toString()).toMatch(/^k8s:enc:secretbox:v1:encryption:/);
      expect(secrets.some((value) => value.includes("plain-as-day"))).toBe(false);
      const [shown] = await stored("/registry/configmaps/default/shown");
      expect(shown?.includes("plain-as-day"), "what is not a secret can be read").toBe(true);
    } finally {
      await site.kubectl("delete", "secret/kept", "configmap/shown");
    }
  });

  it("has the metrics API (C6)", async () => {
    const text = await until("kubectl top nodes", 120, async () => {
      const { code, stdout } = await site.attempt("kubectl", ["top", "nodes", "--no-headers"]);
      const known = site.machines("control-plane", "worker").every(({ name }) => stdout.includes(name));
      return code === 0 && known && !stdout.includes("<unknown>") ? stdout : undefined;
    });
    expect(text).toMatch(/\d+Mi/);
  });
});
