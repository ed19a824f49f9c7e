import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { overfull } from "../../cli/status/quotas";
import { repository } from "../../lab/toolchain/artifact";
import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import { projectOver } from "../support/apiProject";
import { ApiServer } from "../support/apiServer";
import type { Project } from "../support/project";
import { site, threeHosts } from "../support/sites";

let api: ApiServer;
let project: Project;

beforeAll(async () => {
  api = await ApiServer.start();
  const lines = `
    const { Namespaces } = require(${JSON.stringify(join(repository, "components/Namespaces"))});
    const namespaces = require("./namespaces.json");
    if (namespaces.length > 0) new Namespaces("shop-namespaces", { namespaces }, { providers: [provider] });`;
  project = await projectOver(api, lines);
});

afterAll(async () => {
  project?.remove();
  await api?.remove();
});

/** Brings the API to namespaces as they are described, and tells what was done. */
async function up(namespaces: SiteInput["namespaces"]): Promise<string> {
  project.write("namespaces.json", JSON.stringify(parseSite(site(threeHosts, { namespaces })).namespaces ?? []));
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
  return output;
}

const hardened = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** Asks for a pod: the API's answer is its object, or why it is refused. */
async function pod(name: string, namespace: string, spec: object = {}, container: object = {}): Promise<string> {
  const containers = [{ name: "main", image: "example.com/none:1", securityContext: hardened, ...container }];
  const object = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: { automountServiceAccountToken: false, containers, ...spec },
  };
  const file = join(api.folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(object));
  for (;;) {
    const answer = await api.kubectl("create", "-o", "json", "-f", file).catch((error) => String(error.stderr));
    // A namespace takes pods once its controllers have seen it.
    if (!/serviceaccount "default" not found|status unknown for quota/.test(answer)) return answer;
  }
}

describe("namespaces in a real API", () => {
  const tills = { name: "tills", quota: { cpus: 1, memoryGiB: 1.5, pods: 3 } };
  const reports = { name: "reports", priority: "low" as const, podSecurity: "baseline" as const, defaultDeny: false };

  it("are made with what guards them, once (C4, S7)", async () => {
    await up([tills, reports]);
    expect(await up([tills, reports])).not.toMatch(/created|updated|deleted|replaced/);
    const names = async (namespace: string, kinds: string) =>
      (await api.kubectl("-n", namespace, "get", kinds, "-o", "name")).split("\n").filter(Boolean);
    expect(await names("tills", "resourcequota,limitrange,networkpolicy")).toEqual([
      "resourcequota/priority",
      "resourcequota/quota",
      "limitrange/limits",
      "networkpolicy.networking.k8s.io/allow-dns",
      "networkpolicy.networking.k8s.io/default-deny",
    ]);
    expect(await names("reports", "resourcequota,limitrange,networkpolicy")).toEqual([
      "resourcequota/priority",
      "limitrange/limits",
    ]);
  });

  it("give containers that ask for nothing a share, and take no more than the quota (C4)", async () => {
    const made = JSON.parse(await pod("one", "tills"));
    expect(made.spec.containers[0].resources).toEqual({
      limits: { memory: "512Mi" },
      requests: { cpu: "100m", memory: "128Mi" },
    });
    const large = { resources: { requests: { cpu: "950m" } } };
    expect(await pod("large", "tills", {}, large)).toMatch(/exceeded quota: quota, requested: requests.cpu=950m/);
  });

  it("let no pod in that is less guarded than their level", async () => {
    const root = { securityContext: {} };
    const low = { priorityClassName: "groundwork-low" };
    expect(await pod("root", "tills", {}, root)).toContain('violates PodSecurity "restricted:latest"');
    expect(await pod("root", "reports", { ...low, hostNetwork: true }, root)).toContain(
      'violates PodSecurity "baseline:latest"',
    );
    expect(JSON.parse(await pod("root", "reports", low, root)).metadata.name).toBe("root");
  });

  it("let no pod name a priority above theirs, so that a shortage takes the right ones (C5)", async () => {
    const of = (priorityClassName: string) => ({ priorityClassName });
    for (const above of ["groundwork-critical", "system-cluster-critical"])
      expect(await pod("above", "tills", of(above)), above).toContain("exceeded quota: priority");
    expect(JSON.parse(await pod("below", "tills", of("groundwork-low"))).spec).toMatchObject({
      priority: -1000,
      preemptionPolicy: "Never",
    });
    expect(JSON.parse(await pod("same", "tills", of("groundwork-standard"))).spec.priority).toBe(0);
    expect(await pod("classless", "reports")).toContain("exceeded quota: priority");
    expect(JSON.parse(await pod("low", "reports", of("groundwork-low"))).spec.priority).toBe(-1000);
  });

  it("take a smaller quota than what runs, which goes on", async () => {
    await up([{ ...tills, quota: { ...tills.quota, pods: 1 } }, reports]);
    expect(await pod("fourth", "tills")).toMatch(/exceeded quota: quota, .*pods=1/);
    expect((await api.kubectl("-n", "tills", "get", "pods", "-o", "name")).split("\n").filter(Boolean)).toHaveLength(3);
    const quota = await api.object("resourcequota", "quota", "-n", "tills");
    expect(overfull(quota as never)).toEqual([{ namespace: "tills", resource: "pods", used: "3", hard: "1" }]);
  });

  it("stay with what runs in them when they are left out, and are taken over when they come again", async () => {
    const before = await api.object("namespace", "tills");
    await up([]);
    expect(await api.object("pod", "one", "-n", "tills")).toBeDefined();
    expect(await api.object("resourcequota", "quota", "-n", "tills")).toBeUndefined();
    await up([tills]);
    expect((await api.object("namespace", "tills"))?.metadata.uid).toBe(before?.metadata.uid);
    expect(await api.object("resourcequota", "quota", "-n", "tills")).toBeDefined();
  });
});
