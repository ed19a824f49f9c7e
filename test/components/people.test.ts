import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kubernetes } from "../../image/programs/upstream";
import { ensure, repository } from "../../lab/toolchain/artifact";
import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { auditPolicy } from "../../site/render/audit";
import { authenticationConfiguration } from "../../site/render/authentication";
import { oidcKubeconfig } from "../../site/render/kubeconfig";
import { projectOver } from "../support/apiProject";
import { ApiServer } from "../support/apiServer";
import { Issuer } from "../support/issuer";
import { statusOf } from "../support/lab/api";
import type { Project } from "../support/project";
import { site, threeHosts } from "../support/sites";

const folder = mkdtempSync(join(tmpdir(), "groundwork-people-"));
const auditLog = join(folder, "audit.log");

let issuer: Issuer;
let plan: SitePlan;
let api: ApiServer;
let project: Project;

function description(): SiteInput {
  return site(threeHosts, {
    access: {
      oidc: { issuer: "https://login.example", clientId: "kubectl", audiences: ["hasty"], ca: issuer.ca },
      operators: ["operators"],
    },
    namespaces: [{ name: "tills", groups: { admin: ["till-admins"] } }],
  });
}

/** What the API says of a request with a person's token: its answer, or why it is refused. */
function as(token: string, ...args: string[]): Promise<string> {
  return api.kubectl(`--token=${token}`, ...args).catch((error) => String(error.stderr || error.stdout));
}

beforeAll(async () => {
  issuer = await Issuer.start();
  const spec = parseSite(description());
  // A description refuses what no machine but this one reaches.
  if (spec.access) spec.access.oidc.issuer = issuer.url;
  plan = planSite(spec);
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  // The issuer is down while the API server starts.
  await issuer.silence();
  api = await ApiServer.start([
    `--authentication-config=${file("authentication.yaml", authenticationConfiguration(plan))}`,
    `--audit-policy-file=${file("audit-policy.yaml", auditPolicy(plan))}`,
    `--audit-log-path=${auditLog}`,
  ]);
  const lines = `
    const { Namespaces } = require(${JSON.stringify(join(repository, "components/Namespaces"))});
    const { People } = require(${JSON.stringify(join(repository, "components/People"))});
    const { access, namespaces } = require("./spec.json");
    new People("shop-people", { access }, { providers: [provider] });
    new Namespaces("shop-namespaces", { namespaces, prefix: access.oidc.prefix }, { providers: [provider] });`;
  project = await projectOver(api, lines, { "spec.json": JSON.stringify(plan.spec) });
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
});

afterAll(async () => {
  project?.remove();
  await api?.remove();
  await issuer?.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe("people who sign in at a real issuer (S11, W5)", () => {
  it("are let in once it answers; what does not need it never waits for it", async () => {
    // The API server started, and objects were made, while it was down.
    expect(await api.kubectl("get", "namespace", "tills", "-o", "name")).toBe("namespace/tills\n");
    await issuer.answer();
    const token = await issuer.token("ada");
    let said = "";
    while (!said.includes("{")) {
      said = await as(token, "auth", "whoami", "-o", "json");
      await sleep(500);
    }
    expect(JSON.parse(said).status.userInfo).toMatchObject({
      username: "oidc:ada",
      groups: ["oidc:operators", "system:authenticated"],
    });
    await issuer.silence();
    expect(await as(token, "auth", "whoami"), "keys are kept while it is down").toContain("oidc:ada");
    await issuer.answer();
  });

  it("are refused with a token for somebody else, one that has ended, and one that was changed", async () => {
    const refused = "error: You must be logged in to the server";
    expect(await as(await issuer.token("ada", { client: "another" }), "get", "nodes")).toContain(refused);
    expect(await as(await issuer.token("ada", { expired: true }), "get", "nodes")).toContain(refused);
    const [head, body = "", signature] = (await issuer.token("grace")).split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString());
    const changed = Buffer.from(JSON.stringify({ ...claims, groups: ["operators"] })).toString("base64url");
    expect(await as(`${head}.${changed}.${signature}`, "get", "nodes")).toContain(refused);
  });

  it("may do what their groups may, and no more", async () => {
    const can = async (token: string, ...what: string[]) =>
      (await api.kubectl(`--token=${token}`, "auth", "can-i", ...what).catch(({ stdout }) => String(stdout))).trim();
    const [operator, admin, nobody] = [
      await issuer.token("ada"),
      await issuer.token("grace"),
      await issuer.token("mallory"),
    ];
    for (const may of [
      ["patch", "nodes"],
      ["create", "pods", "--subresource=eviction"],
      ["list", "pods", "-A"],
      ["get", "nodes"],
    ])
      expect(await can(operator, ...may), may.join(" ")).toBe("yes");
    for (const may of [
      ["get", "secrets", "-A"],
      ["create", "pods", "--subresource=exec", "-A"],
      ["patch", "deployments.apps", "-A"],
      ["create", "clusterrolebindings"],
      ["get", "nodes", "--subresource=proxy"],
    ])
      expect(await can(operator, ...may), may.join(" ")).toBe("no");
    expect(await can(admin, "create", "deployments.apps", "-n", "tills")).toBe("yes");
    expect(await can(admin, "create", "rolebindings", "-n", "tills")).toBe("yes");
    for (const may of [
      ["patch", "resourcequotas", "-n", "tills"],
      ["patch", "limitranges", "-n", "tills"],
      ["create", "deployments.apps", "-n", "default"],
      ["get", "nodes"],
    ])
      expect(await can(admin, ...may), may.join(" ")).toBe("no");
    // Whatever an issuer calls a group: none is the cluster's own.
    expect(await can(nobody, "get", "pods", "-n", "tills")).toBe("no");
  });

  it("have a kubeconfig of their own without a secret in it, by which kubectl asks a plugin for the token", async () => {
    const text = (oidcKubeconfig(plan) ?? [])
      .map((part) =>
        typeof part === "string" ? part : readFileSync(join(api.folder, "certs/apiserver.crt"), "base64"),
      )
      .join("")
      .replace(`https://${plan.endpoint.host}:${plan.endpoint.port}`, `https://127.0.0.1:${api.port}`);
    expect(text).not.toMatch(/key-data|token:/);
    const kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, text);
    // In the place of kubelogin, which would open a browser: it answers as it does, with a token of the issuer.
    const plugin = join(folder, "kubectl-oidc_login");
    const credential = {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: await issuer.token("ada") },
    };
    writeFileSync(plugin, `#!/bin/sh\necho "$@" >${folder}/asked\ncat <<'END'\n${JSON.stringify(credential)}\nEND\n`);
    chmodSync(plugin, 0o755);
    const kubectl = join(await ensure(kubernetes), "kubectl");
    const env = { ...process.env, PATH: `${folder}:${dirname(kubectl)}:${process.env.PATH}` };
    const { stdout } = await promisify(execFile)(kubectl, ["--kubeconfig", kubeconfig, "auth", "whoami"], { env });
    expect(stdout).toContain("oidc:ada");
    const ca = Buffer.from(issuer.ca).toString("base64");
    expect(readFileSync(join(folder, "asked"), "utf8").trim()).toBe(
      `get-token --oidc-issuer-url=${issuer.url} --oidc-client-id=kubectl --oidc-extra-scope=groups --certificate-authority-data=${ca}`,
    );
  });
});

describe("the audit log of a real API (S6)", () => {
  const entries = () =>
    (existsSync(auditLog) ? readFileSync(auditLog, "utf8") : "")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const of = (path: RegExp, verb: string, user: string) =>
    entries().filter((entry) => path.test(entry.requestURI) && entry.verb === verb && entry.user.username === user);

  it("has who did what, and every look with an administrator's kubeconfig where people have their own", async () => {
    await as("operators", "get", "--raw", "/version");
    await as("operators", "get", "events", "-A");
    await as("operators", "-n", "tills", "create", "serviceaccount", "till");
    await as(await issuer.token("ada"), "get", "events", "-A");
    await as(await issuer.token("grace"), "-n", "tills", "delete", "serviceaccount", "till");
    expect(of(/^\/version/, "get", "groundwork:operator")).toHaveLength(1);
    expect(of(/\/events\?/, "list", "groundwork:operator")).not.toEqual([]);
    expect(of(/\/serviceaccounts/, "create", "groundwork:operator")).toMatchObject([
      { level: "Request", requestObject: { metadata: { name: "till" } } },
    ]);
    expect(of(/\/serviceaccounts/, "delete", "oidc:grace")).toHaveLength(1);
    // Looks at events by others are noise.
    expect(of(/\/events\?/, "list", "oidc:ada")).toEqual([]);
  });

  it("has no health checks, and has whoever was refused", async () => {
    const url = `https://127.0.0.1:${api.port}`;
    for (const path of ["/livez", "/readyz", "/healthz"]) expect(await statusOf(`${url}${path}`), path).toBe(200);
    for (const path of ["/livez?verbose", "/readyz/ping", "/healthz"])
      await as(await issuer.token("grace"), "get", "--raw", path);
    expect(await statusOf(`${url}/api/v1/namespaces/tills/secrets`)).toBe(401);
    await as(await issuer.token("mallory"), "-n", "tills", "get", "secrets");
    const refused = (code: number) => entries().filter(({ responseStatus }) => responseStatus?.code === code);
    expect(refused(401).map(({ requestURI }) => requestURI)).toContain("/api/v1/namespaces/tills/secrets");
    expect(refused(403)).toContainEqual(
      expect.objectContaining({ user: expect.objectContaining({ username: "oidc:mallory" }) }),
    );
    // The log is written before the answer is sent, so that what was asked before is in it.
    expect(entries().filter(({ requestURI }) => /^\/(livez|readyz|healthz)/.test(requestURI))).toEqual([]);
  });

  it("has nobody's secret: no body of a Secret, a ConfigMap or a token, whatever is done with them", async () => {
    const text = "never-in-a-log";
    const grace = await issuer.token("grace");
    const tills = ["-n", "tills"];
    await as(grace, ...tills, "create", "secret", "generic", "hidden", `--from-literal=word=${text}`);
    await as("operators", ...tills, "create", "configmap", "hidden", `--from-literal=word=${text}`);
    for (const kind of ["secret", "configmap"]) {
      await as(grace, ...tills, "get", kind, "hidden", "-o", "yaml");
      await as(
        grace,
        ...tills,
        "patch",
        kind,
        "hidden",
        "--type=merge",
        "-p",
        JSON.stringify({ stringData: { more: text }, data: { more: "bmV2ZXItaW4tYS1sb2c=" } }),
      );
      await as(
        "operators",
        ...tills,
        "replace",
        "--raw",
        `/api/v1/namespaces/tills/${kind}s/hidden`,
        "-f",
        "/dev/null",
      );
    }
    const bearer = (await as("operators", ...tills, "create", "token", "default")).trim();
    expect(bearer).toMatch(/^ey/);
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token: bearer } };
    writeFileSync(join(folder, "review.json"), JSON.stringify(review));
    expect(await as("operators", "create", "-f", join(folder, "review.json"), "-o", "json")).toContain(
      "system:serviceaccount:tills:default",
    );
    await as(grace, ...tills, "delete", "secret", "hidden");
    const log = readFileSync(auditLog, "utf8");
    for (const secret of [
      text,
      Buffer.from(text).toString("base64"),
      bearer.split(".")[2] ?? "",
      grace.split(".")[2] ?? "",
    ])
      expect(log.includes(secret), secret.slice(0, 20)).toBe(false);
    const verbs = entries().filter(({ objectRef }) => objectRef?.resource === "secrets" && objectRef.name === "hidden");
    expect(new Set(verbs.map(({ verb }) => verb))).toEqual(new Set(["create", "get", "patch", "update", "delete"]));
    expect(new Set(verbs.map(({ level }) => level))).toEqual(new Set(["Metadata"]));
  });
});
