import { Agent } from "node:https";
import { beforeAll, describe, expect, it } from "vitest";
import { cisScript } from "../../docs/generate/cis";
import { operatorAccess, statusOf } from "../support/lab/api";
import { RunningSite } from "../support/lab/site";

describe("the cluster's doors (S6)", () => {
  let site: RunningSite;
  let vip: string;
  beforeAll(async () => {
    site = await RunningSite.open();
    vip = `https://${site.plan.vip}:6443`;
  });

  it("tells anonymous clients of the API nothing but its health", async () => {
    for (const path of ["/livez", "/readyz"]) expect(await statusOf(`${vip}${path}`), path).toBe(200);
    for (const path of ["/api", "/version", "/metrics", "/api/v1/namespaces", "/api/v1/secrets", "/livez/ping/x"])
      expect(await statusOf(`${vip}${path}`), path).toBe(401);
    expect(await statusOf(`${vip}/version`, { access: operatorAccess(site) }), "with a certificate").toBe(200);
  });

  it("tells anonymous clients of kubelets nothing, and has no unprotected port", async () => {
    for (const { address } of site.machines("control-plane", "worker")) {
      for (const path of ["/pods", "/metrics", "/configz", "/healthz"])
        expect(await statusOf(`https://${address}:10250${path}`), `${address}${path}`).toBe(401);
      await expect(fetch(`http://${address}:10255/pods`)).rejects.toThrow();
    }
  });

  it("refuses TLS 1.1 and takes TLS 1.2 and 1.3, at the API, etcd and the kubelets (S5)", async () => {
    const at = (machines: { address: string }[], port: number) => machines.map(({ address }) => `${address}:${port}`);
    const doors = [
      `${site.plan.vip}:6443`,
      ...at(site.machines("control-plane"), 6443),
      ...at(site.machines("etcd"), 2379),
      ...at(site.machines("etcd"), 2380),
      ...at(site.machines("control-plane", "worker"), 10250),
    ];
    // Security level 0: else OpenSSL itself would refuse before the server does.
    const shake = (door: string, version: string) =>
      site.attempt("openssl", ["s_client", "-connect", door, version, "-cipher", "DEFAULT@SECLEVEL=0"]);
    for (const door of doors) {
      expect((await shake(door, "-tls1_1")).text, door).toContain("alert protocol version");
      expect((await shake(door, "-tls1_2")).text, door).toMatch(/New, TLSv1.2, Cipher is ECDHE/);
      expect((await shake(door, "-tls1_3")).text, door).toContain("New, TLSv1.3");
    }
  });

  it("keeps a record of what was asked, without the content of secrets", async () => {
    await site.kubectl("create", "secret", "generic", "recorded", "--from-literal=word=never-in-a-log");
    await site.kubectl("delete", "secret", "recorded");
    const logs = await Promise.all(
      site.machines("control-plane").map(({ name }) => site.ssh(name, "cat /var/log/kubernetes/audit/*")),
    );
    const entries = logs.flatMap((log) => log.split("\n").filter((line) => line.includes('"name":"recorded"')));
    const created = entries.map((line) => JSON.parse(line)).find(({ verb }) => verb === "create");
    expect(created).toMatchObject({ level: "Metadata", user: { username: "groundwork:operator" } });
    expect(logs.join()).not.toContain(Buffer.from("never-in-a-log").toString("base64"));
    expect(logs.join()).not.toContain("never-in-a-log");
  });

  it("refuses a privileged pod in a namespace that says nothing", async () => {
    const pod = (name: string, privileged: boolean) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: "default" },
      spec: { containers: [{ name: "main", image: "example/none", securityContext: { privileged } }] },
    });
    const create = (name: string, privileged: boolean) =>
      site.attempt("kubectl", ["create", "--dry-run=server", "-f", "-"], {
        input: JSON.stringify(pod(name, privileged)),
      });
    const refused = await create("mighty", true);
    expect(refused.text).toContain('violates PodSecurity "baseline:latest": privileged');
    expect(refused.code).not.toBe(0);
    expect((await create("modest", false)).code).toBe(0);
  });

  it("has the state that docs/cis.md says of every check of the CIS benchmark for nodes and the control plane (S9)", async () => {
    const roles = ["control-plane", "etcd", "worker"] as const;
    const otherwise = roles.flatMap((role) =>
      site.machines(role).map(async ({ name }) => {
        const said = await site.ssh(name, cisScript(role));
        return said
          .split("\n")
          .filter(Boolean)
          .map((id) => `${name}: ${id}`);
      }),
    );
    expect((await Promise.all(otherwise)).flat()).toEqual([]);
  });

  it("lets a node's certificate change that node only, and read no secret that is not its pods'", async () => {
    const [node, other] = site.machines("worker").map(({ name }) => name) as [string, string];
    const as = (...args: string[]) =>
      site.attemptSsh(node, `kubectl --kubeconfig /etc/kubernetes/kubelet.conf ${args.join(" ")}`);
    // Written as a whole: `kubectl label` reads first, which the authorizer refuses already.
    const object = await site.kubectlJson<{ metadata: { labels: Record<string, string> } }>("get", "node", other);
    object.metadata.labels["groundwork.local/test"] = "1";
    const coded = Buffer.from(JSON.stringify(object)).toString("base64");
    const put = `replace --raw /api/v1/nodes/${other} -f <(echo ${coded} | base64 -d)`;
    const refused = await as(put);
    expect(refused.text).toContain(`node "${node}" is not allowed to modify node "${other}"`);
    expect(refused.code).not.toBe(0);
    expect((await as("get", "node", other)).text).toContain("only its own Node object");
    const restricted = await as("label", "node", node, "node-restriction.kubernetes.io/test=1");
    expect(restricted.text).toContain("is not allowed to modify labels");
    expect((await as("get", "secrets", "--all-namespaces")).text).toContain("Forbidden");
    expect((await as("get", "node", node, "-o", "name")).stdout.trim()).toBe(`node/${node}`);
  });

  it("limits how many events one source can write", async () => {
    const access = operatorAccess(site);
    // One API server, as each counts by itself.
    const api = `https://${site.machines("control-plane")[0]?.address}:6443`;
    const agent = new Agent({ ...access, keepAlive: true, maxSockets: 8 });
    const event = (i: number) => ({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: `storm-${i}`, namespace: "default" },
      involvedObject: { kind: "Namespace", namespace: "default", name: "default" },
      source: { component: "storm" },
      reason: "Storm",
    });
    try {
      const statuses = await Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          statusOf(`${api}/api/v1/namespaces/default/events`, { method: "POST", body: event(i), agent }),
        ),
      );
      const count = (status: number) => statuses.filter((each) => each === status).length;
      expect(count(201) + count(429)).toBe(200);
      expect(count(201)).toBeGreaterThanOrEqual(50);
      expect(count(429)).toBeGreaterThan(0);
    } finally {
      agent.destroy();
      await site.kubectl("-n", "default", "delete", "events", "--field-selector=reason=Storm");
    }
  });
});
