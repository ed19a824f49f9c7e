import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../../lab/toolchain/artifact";
import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import { projectOver } from "../support/apiProject";
import { ApiServer } from "../support/apiServer";
import { FluxProcesses } from "../support/fluxProcesses";
import { GitServer } from "../support/gitServer";
import type { Project } from "../support/project";
import { site, threeHosts } from "../support/sites";
import { SshServer, strangersKey } from "../support/sshd";

type FluxInput = NonNullable<SiteInput["gitops"]>["flux"];

let api: ApiServer;
let git: GitServer;
let ssh: SshServer;
let project: Project;
let flux: FluxProcesses | undefined;

beforeAll(async () => {
  api = await ApiServer.start();
  git = await GitServer.start("127.0.0.1");
  ssh = await SshServer.start();
  // No node runs its pods here.
  const lines = `
    const { Flux } = require(${JSON.stringify(join(repository, "components/addons/Flux"))});
    const { Namespaces } = require(${JSON.stringify(join(repository, "components/Namespaces"))});
    const { gitops, namespaces, secret } = require("./spec.json");
    const images = { source: "ghcr.io/fluxcd/source-controller:v0", kustomize: "ghcr.io/fluxcd/kustomize-controller:v0" };
    const notAwaited = ({ type, props, opts }) => {
      if (!/:Deployment$/.test(type)) return undefined;
      const metadata = { ...props.metadata, annotations: { "pulumi.com/skipAwait": "true" } };
      return { props: { ...props, metadata }, opts };
    };
    const spaces = new Namespaces("shop-namespaces", { namespaces }, { providers: [provider] });
    if (gitops)
      new Flux(
        "shop-flux",
        { gitops, secret, images, domain: "cluster.local", namespaces: namespaces.map(({ name }) => name) },
        { providers: [provider], transforms: [notAwaited], dependsOn: [spaces] },
      );`;
  project = await projectOver(api, lines);
});

afterAll(async () => {
  project?.remove();
  await flux?.remove();
  await api?.remove();
  ssh?.remove();
  await git?.remove();
});

const namespaces: SiteInput["namespaces"] = [{ name: "tills", quota: { cpus: 2, memoryGiB: 4 } }, { name: "reports" }];
const named = "https://git.example/site.git";

/** Brings up what is described, with the repository at an address that no description may have: this machine's. */
async function up(described?: Partial<FluxInput>, url = git.url, secret = git.token): Promise<string> {
  const spec = parseSite(
    site(threeHosts, {
      namespaces,
      ...(described && {
        gitops: { flux: { url: url.startsWith("ssh") ? "ssh://git@git.example/a" : named, ...described } },
      }),
    }),
  );
  const gitops = spec.gitops && { flux: { ...spec.gitops.flux, url } };
  project.write("spec.json", JSON.stringify({ namespaces: spec.namespaces, gitops, secret }));
  const { code, output } = await project.up("--skip-preview");
  expect(code, output + (flux?.log.slice(-3000) ?? "")).toBe(0);
  return output;
}

const changed = /created|updated|deleted|replaced/;
const overHttps = (): Partial<FluxInput> => ({ user: git.user, ca: git.ca, intervalMinutes: 1 });
const gitops = "--as=system:serviceaccount:flux-system:gitops";

/** What the API says of a change that the account asks for which applies what the repository says. */
function applied(object: object, as = gitops): Promise<string> {
  const file = join(project.folder, "object.json");
  writeFileSync(file, JSON.stringify(object));
  const args = ["apply", "--server-side", "--force-conflicts", "--field-manager=kustomize-controller"];
  return api.kubectl(...args, "-f", file, as).catch((error) => String(error.stderr));
}

const configMap = (namespace: string, name = "prices", data: Record<string, string> = { coffee: "2" }) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace },
  data,
});
const openAll = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "default-deny", namespace: "tills" },
  spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] },
};
const claim = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "ledger", namespace: "tills" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};

describe("Flux in a real API (W5)", () => {
  it("is made once, and a second `up` changes nothing", async () => {
    await up(overHttps());
    expect(await up(overHttps())).not.toMatch(changed);
    const source = JSON.parse(
      await api.kubectl("-n", "flux-system", "get", "gitrepositories", "site", "-o", "jsonpath={.spec}"),
    );
    expect(source).toEqual({
      url: git.url,
      ref: { branch: "main" },
      interval: "1m",
      timeout: "60s",
      secretRef: { name: "repository" },
    });
  });

  it("has pods that its namespace lets in, which asks for the level `restricted`", async () => {
    const of = (app: string) => api.kubectl("-n", "flux-system", "get", "pods", "-l", `app=${app}`, "-o", "name");
    for (const app of ["source-controller", "kustomize-controller"]) {
      let pods = "";
      while (pods === "") pods = await of(app);
      expect(pods).toMatch(/^pod\//);
    }
  });

  it("keeps what signs in at the repository in the state as a secret", async () => {
    const exported = (await project.run("stack", "export", "--stack", "test")).output;
    expect(exported).not.toContain(git.token);
  });

  it("lets each controller do what it has to in its own namespace, and nothing else", async () => {
    const may = async (who: string, ...what: string[]) =>
      (
        await api
          .kubectl("auth", "can-i", ...what, `--as=system:serviceaccount:flux-system:${who}`)
          .catch(({ stdout }) => String(stdout))
      ).trim();
    const own = ["-n", "flux-system"];
    for (const [who, ...what] of [
      ["source-controller", "get", "secrets/repository", ...own],
      ["kustomize-controller", "impersonate", "serviceaccounts/gitops", ...own],
      ["gitops", "patch", "deployments.apps", "-n", "tills"],
      ["gitops", "create", "secrets", "-n", "reports"],
    ])
      expect(await may(who ?? "", ...what), `${who} ${what.join(" ")}`).toBe("yes");
    for (const [who, ...what] of [
      ["source-controller", "list", "secrets", ...own],
      ["source-controller", "get", "secrets", "-n", "tills"],
      ["kustomize-controller", "get", "secrets", ...own],
      ["kustomize-controller", "impersonate", "serviceaccounts/default", ...own],
      ["kustomize-controller", "impersonate", "users"],
      ["kustomize-controller", "create", "configmaps", "-n", "tills"],
      ["kustomize-controller", "create", "kustomizations.kustomize.toolkit.fluxcd.io", ...own],
      ["gitops", "create", "configmaps", "-n", "default"],
      ["gitops", "create", "configmaps", "-n", "kube-system"],
      ["gitops", "create", "configmaps", ...own],
      ["gitops", "create", "rolebindings", "-n", "tills"],
      ["gitops", "patch", "resourcequotas", "-n", "tills"],
      ["gitops", "create", "namespaces"],
      ["gitops", "create", "clusterrolebindings"],
    ])
      expect(await may(who ?? "", ...what), `${who} ${what.join(" ")}`).toBe("no");
  });

  it("is refused what `up` makes, and namespaces that are not the description's, whatever roles somebody binds it to", async () => {
    expect(await applied(configMap("tills", "by-hand"))).toContain("serverside-applied");
    const ours = "`up` makes this object from the site's description: change it there";
    expect(await applied(openAll)).toContain(ours);
    await api.kubectl(
      "create",
      "clusterrolebinding",
      "careless",
      "--clusterrole=cluster-admin",
      "--serviceaccount=flux-system:gitops",
    );
    try {
      const elsewhere = "it lies in none of the namespaces of the site's description";
      for (const namespace of ["kube-system", "flux-system", "default"])
        expect(await applied(configMap(namespace)), namespace).toContain(elsewhere);
      const account = {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: "mine" },
        rules: [],
      };
      expect(await applied(account)).toContain(elsewhere);
      for (const [kind, name] of [
        ["networkpolicy", "default-deny"],
        ["resourcequota", "quota"],
        ["limitrange", "limits"],
        ["rolebinding", "gitops"],
      ])
        expect(
          await api
            .kubectl("-n", "tills", "delete", kind ?? "", name ?? "", gitops)
            .catch(({ stderr }) => String(stderr)),
          kind,
        ).toContain(ours);
    } finally {
      await api.kubectl("delete", "clusterrolebinding", "careless");
    }
    // Everybody else goes on as before.
    expect(await applied(configMap("default"), "--token=token")).toContain("serverside-applied");
    await api.kubectl("-n", "tills", "delete", "configmap", "by-hand", gitops);
    expect(await up(overHttps())).not.toMatch(changed);
  });
});

/** How Flux says that it is with one of its objects, once that is so. */
async function told(
  kind: "gitrepositories" | "kustomizations",
  ready: "True" | "False",
  says: RegExp,
): Promise<string> {
  let message = "";
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(500)) {
    const text = await api.kubectl("-n", "flux-system", "get", kind, "site", "-o", "json");
    const { conditions = [] } = JSON.parse(text).status ?? {};
    const found = conditions.find(({ type }: { type: string }) => type === "Ready");
    message = `${found?.status}: ${found?.message}`;
    if (found?.status === ready && says.test(found.message)) return message;
  }
  throw new Error(`${kind}: not ${ready} with ${says}; last: ${message}\n${flux?.log.slice(-3000)}`);
}

/** Has the repository looked at now. */
async function look(): Promise<void> {
  const now = `reconcile.fluxcd.io/requestedAt=${Date.now()}`;
  for (const kind of ["gitrepositories", "kustomizations"])
    await api.kubectl("-n", "flux-system", "annotate", "--overwrite", kind, "site", now);
}

async function commit(files: Record<string, object | undefined>): Promise<string> {
  const id = git.commit(files);
  await look();
  return id;
}

const data = async (name: string) => (await api.object("-n", "tills", "configmap", name))?.data;

describe("Flux's own controllers, with the rights of their accounts (W5)", () => {
  it("apply what is committed", async () => {
    git.commit({ "prices.yaml": configMap("tills"), "ledger.yaml": claim });
    flux = await FluxProcesses.start(api);
    await told("kustomizations", "True", /Applied revision: main@sha1:/);
    expect(await data("prices")).toEqual({ coffee: "2" });
    const id = await commit({ "prices.yaml": configMap("tills", "prices", { coffee: "3" }) });
    await told("kustomizations", "True", new RegExp(id));
    expect(await data("prices")).toEqual({ coffee: "3" });
  });

  it("put back what somebody changed by hand, and `up` finds nothing of it", async () => {
    await api.kubectl("-n", "tills", "patch", "configmap", "prices", "--type=merge", "-p", '{"data":{"coffee":"9"}}');
    await look();
    while ((await data("prices"))?.coffee !== "3") await sleep(200);
    expect(await up(overHttps())).not.toMatch(changed);
  });

  it("say what they may not, apply nothing of that commit, and leave what is there", async () => {
    const before = await api.object("-n", "tills", "networkpolicy", "default-deny");
    for (const [object, says] of [
      [openAll, /default-deny.*`up` makes this object from the site's description/s],
      [configMap("kube-system"), /ConfigMap\/kube-system\/prices.*forbidden/s],
      [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "mine" } }, /Namespace\/mine.*forbidden/s],
      [configMap("flux-system"), /ConfigMap\/flux-system\/prices.*forbidden/s],
    ] as const) {
      await commit({ "too-much.yaml": object, "prices.yaml": configMap("tills", "prices", { coffee: "4" }) });
      await told("kustomizations", "False", says);
      expect(await data("prices")).toEqual({ coffee: "3" });
      await commit({ "too-much.yaml": undefined, "prices.yaml": configMap("tills", "prices", { coffee: "3" }) });
      await told("kustomizations", "True", /Applied revision/);
    }
    expect(await api.object("-n", "tills", "networkpolicy", "default-deny")).toEqual(before);
    expect(await up(overHttps())).not.toMatch(changed);
  });

  it("delete what left the repository, but for what may hold data", async () => {
    const id = await commit({ "ledger.yaml": undefined, "menu.yaml": configMap("tills", "menu") });
    await told("kustomizations", "True", new RegExp(id));
    expect(await api.object("-n", "tills", "persistentvolumeclaim", "ledger")).toBeDefined();
    const next = await commit({ "menu.yaml": undefined });
    await told("kustomizations", "True", new RegExp(next));
    expect(await data("menu")).toBeUndefined();
  });

  it("go on with what they have while the repository is away, and say so", async () => {
    await git.silence();
    await look();
    await told("gitrepositories", "False", /connection refused/);
    expect(await data("prices")).toEqual({ coffee: "3" });
    expect(await up(overHttps())).not.toMatch(changed);
    await git.answer();
    await look();
    await told("gitrepositories", "True", /stored artifact/);
  });

  it("take nothing from a server with another certificate, nor with a token that is not theirs", async () => {
    await up({ ...overHttps(), ca: undefined });
    await look();
    await told("gitrepositories", "False", /certificate/);
    await up(overHttps(), git.url, "another");
    await look();
    await told("gitrepositories", "False", /authenti|authoriz/i);
    await up(overHttps());
    await look();
    await told("gitrepositories", "True", /stored artifact/);
  });

  it("ask an ssh server that is the one described, and no other", async () => {
    const url = `ssh://root@127.0.0.1:${ssh.port}${git.bare}`;
    const key = ssh.privateKey.trim();
    await up({ intervalMinutes: 1, hostKeys: [strangersKey("ed25519").trim()] }, url, key);
    await look();
    await told("gitrepositories", "False", /knownhosts|host key/i);
    await up({ intervalMinutes: 1, hostKeys: [ssh.hostKey.trim()] }, url, key);
    await look();
    await told("gitrepositories", "True", /stored artifact/);
    const id = await commit({ "prices.yaml": configMap("tills", "prices", { coffee: "5" }) });
    await told("kustomizations", "True", new RegExp(id));
    expect(await data("prices")).toEqual({ coffee: "5" });
  });

  it("may write everywhere but where the site is at home, where the description says so", async () => {
    const wide = { ...overHttps(), clusterWide: true };
    await up(wide);
    expect(await up(wide)).not.toMatch(changed);
    const space = (name: string, labels = {}) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
    const id = await commit({ "space.yaml": space("mine"), "more.yaml": configMap("mine") });
    await told("kustomizations", "True", new RegExp(id));
    const own = "the namespace is the cluster's own";
    expect(await applied(configMap("kube-system"))).toContain(own);
    expect(await applied(configMap("flux-system"))).toContain(own);
    expect(await applied(space("kube-mine"))).toContain(own);
    expect(await applied(space("tills"))).toContain("`up` makes this object");
    expect(await applied(openAll)).toContain("`up` makes this object");
    expect(await applied(space("loud", { "pod-security.kubernetes.io/enforce": "privileged" }))).toContain(
      "a namespace must not let privileged pods in",
    );
    expect(
      await applied({
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "ClusterRole",
        metadata: { name: "mine" },
        rules: [],
      }),
    ).toMatch(/forbidden/i);
    // A namespace that leaves the repository stays, with what is in it that stays there.
    const next = await commit({ "space.yaml": undefined });
    await told("kustomizations", "True", new RegExp(next));
    expect((await api.object("-n", "mine", "configmap", "prices"))?.data).toEqual({ coffee: "2" });
    const last = await commit({ "more.yaml": undefined });
    await told("kustomizations", "True", new RegExp(last));
    await up(overHttps());
  });

  it("take less memory than they are allowed, which is told", () => {
    const used = Object.entries(flux?.memory ?? {});
    console.log(used.map(([name, mib]) => `${name}: ${mib} MiB`).join(", "));
    expect(used).toHaveLength(2);
    for (const [name, mib] of used) expect(mib, name).toBeLessThan(256);
  });

  it("leave everything that they applied when they are left out, and nothing of their own", async () => {
    await up();
    expect(await data("prices")).toEqual({ coffee: "5" });
    expect(await api.object("-n", "tills", "persistentvolumeclaim", "ledger")).toBeDefined();
    const left = await api.kubectl(
      "get",
      "customresourcedefinitions,clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings",
      ...["-o", "name"],
    );
    expect(left).not.toMatch(/flux|gitops/);
    expect(await api.kubectl("-n", "tills", "get", "rolebindings", "-o", "name")).not.toContain("gitops");
    expect(await api.object("namespace", "flux-system")).toBeUndefined();
  });
});
