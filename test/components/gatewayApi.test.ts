import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSite } from "../../site/description/parse";
import { ApiServer } from "../support/apiServer";
import { type GatewayGiven, gatewayProject } from "../support/gatewayProject";
import type { Project } from "../support/project";
import { site, threeHosts } from "../support/sites";

let api: ApiServer;
let project: Project;

beforeAll(async () => {
  api = await ApiServer.start();
  project = await gatewayProject(api);
});

afterAll(async () => {
  project?.remove();
  await api?.remove();
});

const given = {
  address: "10.0.42.200",
  copies: 2,
  authority: { certificatePem: "below\n", privateKeyPem: "open sesame", abovePem: "above\n" },
};
const { namespaces } = parseSite(
  site(threeHosts, { namespaces: [{ name: "tills" }, { name: "open", defaultDeny: false }] }),
);

async function up(described?: Omit<GatewayGiven, "namespaces">): Promise<string> {
  project.write("given.json", JSON.stringify({ given: described ?? null, namespaces }));
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
  return output;
}

const changed = /created|updated|deleted|replaced/;

/** What the API says of an object that somebody wants to make. */
async function made(object: object): Promise<string> {
  const file = join(project.folder, "object.json");
  writeFileSync(file, JSON.stringify(object));
  return api.kubectl("apply", "-f", file).catch((error) => String(error.stderr));
}

const route = (spec: object) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "till", namespace: "tills" },
  spec,
});

describe("what answers for Gateways, in a real API", () => {
  it("is made once, and changes with its address and in nothing else", async () => {
    await up(given);
    expect(await up(given)).not.toMatch(changed);
    const lines = (await up({ ...given, address: "10.0.42.201" })).split("\n").filter((line) => changed.test(line));
    expect(lines.filter((line) => !/Deployment|Service|Stack|Resources|~ 2 updated/.test(line))).toEqual([]);
    const service = await api.object("-n", "traefik", "service", "traefik");
    expect(service?.metadata.annotations?.["metallb.io/loadBalancerIPs"]).toBe("10.0.42.201");
  });

  it("keeps the key that issues in the state as a secret, in a namespace that who answers cannot read", async () => {
    const exported = (await project.run("stack", "export", "--stack", "test")).output;
    expect(exported).not.toContain("open sesame");
    const secret = await api.object("-n", "cert-manager", "secret", "site-authority");
    const decoded = (name: string) => Buffer.from(secret?.data?.[name] ?? "", "base64").toString();
    expect(decoded("tls.crt")).toBe("below\nabove\n");
    expect(decoded("tls.key")).toBe("open sesame");
  });

  it("may do what it has to, and no more", async () => {
    const may = async (who: string, ...what: string[]) => {
      const account = who === "admin" ? "" : `--as=system:serviceaccount:${who}`;
      return (await api.kubectl("auth", "can-i", ...what, account).catch((error) => String(error.stdout))).trim();
    };
    const [traefik, certManager] = ["traefik:traefik", "cert-manager:cert-manager"];
    for (const [who, ...what] of [
      [traefik, "list", "secrets", "-n", "tills"],
      [traefik, "watch", "httproutes.gateway.networking.k8s.io", "-n", "open"],
      [traefik, "update", "gatewayclasses.gateway.networking.k8s.io", "--subresource=status"],
      [certManager, "watch", "secrets", "-A"],
      [certManager, "create", "secrets", "-n", "tills"],
      [certManager, "create", "certificates.cert-manager.io", "-n", "tills"],
    ])
      expect(await may(who as string, ...what), `${who} ${what.join(" ")}`).toBe("yes");
    for (const [who, ...what] of [
      [traefik, "get", "secrets", "-n", "cert-manager"],
      [traefik, "get", "secrets", "-n", "kube-system"],
      [traefik, "list", "secrets", "-n", "traefik"],
      [traefik, "update", "secrets", "-n", "tills"],
      [traefik, "create", "gateways.gateway.networking.k8s.io", "-n", "tills"],
      [traefik, "list", "pods", "-n", "tills"],
      [certManager, "create", "secrets", "-n", "kube-system"],
      [certManager, "update", "secrets", "-n", "cert-manager"],
      [certManager, "create", "clusterissuers.cert-manager.io"],
      [certManager, "create", "pods", "-n", "tills"],
      [certManager, "create", "certificates.cert-manager.io", "-n", "kube-system"],
    ])
      expect(await may(who as string, ...what), `${who} ${what.join(" ")}`).toBe("no");
  });

  it("lets a namespace's own people say how their workloads are reached, and not by which names and certificates", async () => {
    const binding = ["create", "rolebinding", "ann", "-n", "tills", "--clusterrole=edit", "--user=ann"];
    await api.kubectl(...binding);
    const may = async (...what: string[]) =>
      (await api.kubectl("auth", "can-i", ...what, "-n", "tills", "--as=ann").catch((e) => String(e.stdout))).trim();
    // The controller that gathers roles takes a moment.
    while ((await may("create", "httproutes.gateway.networking.k8s.io")) !== "yes");
    expect(await may("list", "gateways.gateway.networking.k8s.io")).toBe("yes");
    expect(await may("create", "gateways.gateway.networking.k8s.io")).toBe("no");
    expect(await may("create", "certificates.cert-manager.io")).toBe("no");
    expect(await may("create", "certificaterequests.cert-manager.io")).toBe("no");
  });

  it("has a route checked by the API, as the release of the Gateway API does", async () => {
    const parentRefs = [{ name: "site" }];
    expect(await made(route({ parentRefs, rules: [{ backendRefs: [{ name: "till", port: 80 }] }] }))).toMatch(
      /created/,
    );
    expect(await made(route({ parentRefs, hostnames: ["-bad-.example"] }))).toMatch(/hostnames\[0\]/);
    expect(await made(route({ parentRefs, rules: [{ backendRefs: [{ name: "till" }] }] }))).toMatch(
      /Must have port for Service reference/,
    );
    expect(await made(route({ parentRefs, ruls: [] }))).toMatch(/unknown field "spec.ruls"/);
  });

  it("lets itself in where a namespace lets nobody in, and only there", async () => {
    const policies = await api.kubectl("get", "networkpolicies", "-A", "-o", "name");
    expect(policies.split("\n").filter((name) => name.endsWith("/allow-gateway"))).toHaveLength(1);
    expect(await api.object("-n", "tills", "networkpolicy", "allow-gateway")).toBeDefined();
  });

  it("has pods that its namespaces let in, which ask for the level `restricted`", async () => {
    for (const [space, app] of [
      ["traefik", "traefik"],
      ["cert-manager", "cert-manager"],
    ] as const) {
      let pods = "";
      while (pods === "") pods = await api.kubectl("-n", space, "get", "pods", "-l", `app=${app}`, "-o", "name");
      expect(pods).toMatch(/^pod\//);
    }
  });

  it("leaves routes and what is said of their kinds behind where it is left out, and nothing else", async () => {
    await up();
    expect(await api.object("-n", "tills", "httproutes.gateway.networking.k8s.io", "till")).toBeDefined();
    const left = await api.kubectl("get", "namespaces,clusterroles,clusterrolebindings", "-o", "name");
    expect(left).not.toMatch(/traefik|cert-manager|groundwork:routes/);
    const policies = await api.kubectl("get", "networkpolicies", "-A", "-o", "name");
    expect(policies).not.toMatch(/allow-gateway/);
    await up(given);
    expect(await api.object("-n", "tills", "httproutes.gateway.networking.k8s.io", "till")).toBeDefined();
  });
});
