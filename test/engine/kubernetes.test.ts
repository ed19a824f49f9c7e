import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ApiServer } from "../support/apiServer";
import { Project } from "../support/project";
import { freePort } from "../support/sshd";
import { installed, unchecked } from "../support/standins";

let api: ApiServer;
let project: Project;

/** A program whose resources are made by a provider for the API under test. */
function program(text: string, provider = ""): string {
  return `
    import * as pulumi from "@pulumi/pulumi";
    import * as k8s from "@pulumi/kubernetes";
    import { local } from "@pulumi/command";
    const kubeconfig = pulumi.secret(${JSON.stringify(api.kubeconfig())});
    const provider = new k8s.Provider("test", { ...{ kubeconfig }, ${provider} });
    const opts = { provider };
    ${text}`;
}

async function up(text: string, provider?: string) {
  project.write("index.ts", program(text, provider));
  return project.up("--skip-preview");
}

async function preview(text: string, provider?: string) {
  project.write("index.ts", program(text, provider));
  return project.preview("--diff");
}

const refresh = () => project.run("refresh", "--yes", "--skip-preview", "--stack", "test");
const destroy = () => project.run("destroy", "--yes", "--skip-preview", "--stack", "test");
const state = async () => (await project.run("stack", "export", "--stack", "test")).output;

beforeAll(async () => {
  api = await ApiServer.start();
  project = await Project.create({
    files: { "index.ts": "" },
    env: unchecked,
    plugins: await installed("kubernetes", "command"),
  });
});

afterAll(async () => {
  project?.remove();
  await api?.remove();
});

beforeEach(async () => {
  expect((await destroy()).code).toBe(0);
});

describe("an object", () => {
  it("is named after its resource, applied server-side, changed in place and deleted", async () => {
    const account = (label: string) =>
      `const made = new k8s.core.v1.ServiceAccount("robot", { metadata: { labels: { is: "${label}" } } }, opts);
       export const name = made.metadata.name;`;
    expect((await up(account("new"))).code).toBe(0);
    const name = JSON.parse((await project.run("stack", "output", "--json", "--stack", "test")).output).name;
    expect(name).toMatch(/^robot-[0-9a-f]{8}$/);
    const made = await api.object("serviceaccount", name, "--show-managed-fields");
    expect(made?.metadata.managedFields).toContainEqual(
      expect.objectContaining({ manager: expect.stringMatching(/^pulumi-kubernetes-/), operation: "Apply" }),
    );
    expect((await up(account("new"))).output).toContain("3 unchanged");
    expect((await up(account("changed"))).output).toContain("~ 1 updated");
    const changed = await api.object("serviceaccount", name);
    expect(changed?.metadata).toMatchObject({ uid: made?.metadata.uid, labels: { is: "changed" } });
    await destroy();
    expect(await api.object("serviceaccount", name)).toBeUndefined();
  });

  it("loses a field that is taken out of the program, and keeps those that others set", async () => {
    const quota = (extra: string) => `new k8s.core.v1.ResourceQuota("quota", { metadata: { name: "quota" },
      spec: { hard: { pods: "10", ${extra} } } }, opts);`;
    await up(quota('services: "5"'));
    await api.kubectl("annotate", "resourcequota", "quota", "someone=else");
    await up(quota(""));
    const left = await api.object("resourcequota", "quota");
    expect(left?.spec).toEqual({ hard: { pods: "10" } });
    expect(left?.metadata.annotations).toMatchObject({ someone: "else" });
  });

  it("is replaced, the old one first, when what changes cannot be changed", async () => {
    const map = (name: string, value: string) =>
      `new k8s.core.v1.ConfigMap("map", { ${name} data: { key: "${value}" } }, opts);`;
    await up(map('metadata: { name: "map" },', "one"));
    const before = await api.object("configmap", "map");
    const shown = await preview(map('metadata: { name: "map" },', "two"));
    expect(shown.code).toBe(0);
    expect(shown.output).toMatch(/\+-?\/?-?.*kubernetes:core\/v1:ConfigMap.*replace/);
    expect((await up(map('metadata: { name: "map" },', "two"))).output).toContain("+-1 replaced");
    const after = await api.object("configmap", "map");
    expect(after?.data).toEqual({ key: "two" });
    expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
  });

  it("is changed in place where the provider allows it", async () => {
    const map = (value: string) =>
      `new k8s.core.v1.ConfigMap("map", { metadata: { name: "map" }, data: { key: "${value}" } }, opts);`;
    await up(map("one"), "enableConfigMapMutable: true");
    expect((await up(map("two"), "enableConfigMapMutable: true")).output).toContain("~ 1 updated");
  });

  it("is not taken over when it is there already, unless the provider may", async () => {
    await api.kubectl("create", "configmap", "taken", "--from-literal=key=theirs");
    const map = 'new k8s.core.v1.ConfigMap("taken", { metadata: { name: "taken" }, data: { own: "x" } }, opts);';
    expect((await up(map)).output).toContain("ConfigMap default/taken: is in the cluster already; import it");
    expect((await up(map, "upsertExistingObjects: true")).code).toBe(0);
    expect((await api.object("configmap", "taken"))?.data).toEqual({ key: "theirs", own: "x" });
  });

  it("names the fields of a conflict, and takes them over when told to", async () => {
    const quota = (pods: string, annotations = "") => `new k8s.core.v1.ResourceQuota("quota", {
      metadata: { name: "quota", annotations: { ${annotations} } }, spec: { hard: { pods: "${pods}" } } }, opts);`;
    await up(quota("1"));
    await api.kubectl("patch", "resourcequota", "quota", "-p", '{"spec":{"hard":{"pods":"7"}}}');
    const refused = await up(quota("2"));
    expect(refused.output).toMatch(
      /ResourceQuota default\/quota: fields were set by something else: \.spec\.hard\.pods/,
    );
    expect((await up(quota("2", '"pulumi.com/patchForce": "true"'))).code).toBe(0);
    expect((await api.object("resourcequota", "quota"))?.spec).toEqual({ hard: { pods: "2" } });
  });
});

describe("secrets", () => {
  it("are encrypted in the state, and so are their copies in the object", async () => {
    const secret = `new k8s.core.v1.Secret("secret", { metadata: { name: "secret" },
      stringData: { password: "very-hidden" } }, opts);`;
    const ended = await up(secret);
    expect(ended.code).toBe(0);
    const kept = await state();
    for (const text of ["very-hidden", Buffer.from("very-hidden").toString("base64"), api.kubeconfig()]) {
      expect(kept).not.toContain(text);
      expect(ended.output).not.toContain(text);
    }
    expect((await up(secret)).output).toContain("3 unchanged");
    await refresh();
    expect((await up(secret)).output).toContain("3 unchanged");
  });
});

describe("a refresh", () => {
  const service = `new k8s.core.v1.Service("service", { metadata: { name: "service" },
    spec: { ports: [{ port: 80, targetPort: 8080 }] } }, opts);`;

  it("shows nothing of what the cluster itself adds", async () => {
    await up(service);
    expect((await refresh()).output).toContain("3 unchanged");
    expect((await up(service)).output).toContain("3 unchanged");
  });

  it("shows what was changed behind our back, and the next update mends it", async () => {
    const patched = service.replace("metadata: {", 'metadata: { annotations: { "pulumi.com/patchForce": "true" },');
    await up(patched);
    await api.kubectl(
      "patch",
      "service",
      "service",
      "--type=json",
      "-p",
      '[{"op":"replace","path":"/spec/ports/0/targetPort","value":9090}]',
    );
    expect((await refresh()).output).toContain("~ 1 updated");
    const shown = await preview(patched);
    expect(shown.output).toMatch(/targetPort: 9090 => 8080/);
    expect((await up(patched)).output).toContain("~ 1 updated");
    expect((await api.object("service", "service"))?.spec).toMatchObject({ ports: [{ targetPort: 8080 }] });
  });

  it("finds that an object is gone, and the next update makes it again", async () => {
    await up(service);
    await api.kubectl("delete", "service", "service");
    expect((await refresh()).output).toContain("- 1 deleted");
    expect((await up(service)).output).toContain("+ 1 created");
    expect(await api.object("service", "service")).toBeDefined();
  });
});

describe("waiting", () => {
  const deployment = (options = "") => `new k8s.apps.v1.Deployment("web", {
    metadata: { name: "web", annotations: { "pulumi.com/timeoutSeconds": "5", ${options} } },
    spec: { selector: { matchLabels: { app: "web" } }, template: {
      metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:1" }] } } } }, opts);`;

  it("goes on until the pods of a workload run", async () => {
    const slow = up(deployment().replace('"5"', '"120"'));
    // A command that ends before it says so fails below.
    await Promise.race([project.prints("0 of 1 pods are available"), slow]);
    await api.runPod("app=web");
    const ended = await slow;
    expect(ended.code).toBe(0);
    expect(ended.output).toContain("0 of 1 pods are available");
    expect((await refresh()).output).toContain("3 unchanged");
  });

  it("ends with a reason, keeps the object, and the next update goes on", async () => {
    const ended = await up(deployment());
    expect(ended.output).toContain(
      "Deployment default/web: is there, but was not ready after 5s: 0 of 1 pods are available",
    );
    expect(await state()).toContain('"initErrors"');
    await api.runPod("app=web");
    expect((await up(deployment())).output).toContain("~ 1 updated");
    expect((await up(deployment())).output).toContain("3 unchanged");
  });

  it("is skipped when told so", async () => {
    expect((await up(deployment('"pulumi.com/skipAwait": "true"'))).code).toBe(0);
  });

  it("covers a new kind and its first object, and the end of a namespace", async () => {
    const ended = await up(`
      const namespace = new k8s.core.v1.Namespace("site", { metadata: { name: "site" } }, opts);
      new k8s.apiextensions.v1.CustomResourceDefinition("racks", { metadata: { name: "racks.example.com" }, spec: {
        group: "example.com", scope: "Namespaced", names: { plural: "racks", singular: "rack", kind: "Rack" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: {
          type: "object", x_kubernetes_preserve_unknown_fields: true } } }] } } as any, opts);
      const rack = new k8s.apiextensions.CustomResource("rack", {
        apiVersion: "example.com/v1", kind: "Rack", metadata: { name: "a", namespace: "site" }, spec: { units: 42 },
      }, opts);
      export const units = (rack as any).spec.units;`);
    expect(ended.code).toBe(0);
    expect((await api.object("racks", "a", "-n", "site"))?.spec).toEqual({ units: 42 });
    await destroy();
    expect(await api.object("namespace", "site")).toBeUndefined();
  });
});

describe("a preview", () => {
  const map = 'new k8s.core.v1.ConfigMap("map", { metadata: { name: "map" }, data: { key: "x" } }, opts);';

  it("does not fail while the cluster is not there yet", async () => {
    project.write(
      "index.ts",
      `import * as k8s from "@pulumi/kubernetes"; import { local } from "@pulumi/command";
       const made = new local.Command("cluster", { create: "cat", stdin: ${JSON.stringify(api.kubeconfig())}, logging: "none" });
       const opts = { provider: new k8s.Provider("late", { kubeconfig: made.stdout }) };
       ${map}`,
    );
    const shown = await project.preview();
    expect(shown.code).toBe(0);
    expect(shown.output).toContain("4 to create");
    expect((await project.up("--skip-preview")).code).toBe(0);
    expect((await api.object("configmap", "map"))?.data).toEqual({ key: "x" });
  });

  it("asks the cluster what it would say", async () => {
    const shown = await preview(`new k8s.core.v1.ConfigMap("map", { metadata: { name: "Not A Name" } }, opts);`);
    expect(shown.code).not.toBe(0);
    expect(shown.output).toContain("a lowercase RFC 1123 subdomain must consist of");
  });

  it("knows what the cluster adds, before anything is made", async () => {
    const shown = await preview(`
      const made = new k8s.core.v1.Service("service", { spec: { ports: [{ port: 80 }] } }, opts);
      export const kind = made.spec.type;`);
    expect(shown.output).toMatch(/kind\s*: "ClusterIP"/);
    expect(await api.kubectl("get", "services", "-o", "name")).toBe("service/kubernetes\n");
  });
});

describe("a cluster that cannot be reached", () => {
  const map = 'new k8s.core.v1.ConfigMap("map", { metadata: { name: "map" }, data: { key: "x" } }, opts);';

  it("is a warning in a preview, and an error where something is to be done", async () => {
    await up(map, 'clusterIdentifier: "a"');
    const elsewhere = `clusterIdentifier: "a", kubeconfig: ${JSON.stringify(api.kubeconfig(await freePort()))}`;
    const shown = await preview(map.replace('"x"', '"y"'), elsewhere);
    expect(shown.code).toBe(0);
    expect(shown.output).toContain("the cluster cannot be reached: https://127.0.0.1:");
    const ended = await up(map.replace('"x"', '"y"'), elsewhere);
    expect(ended.code).not.toBe(0);
    expect(ended.output).toMatch(/error: the cluster cannot be reached: .*connection refused/);
    const refreshed = await refresh();
    expect(refreshed.code).not.toBe(0);
    expect(refreshed.output).toContain("PULUMI_K8S_DELETE_UNREACHABLE=true");
    await up(map, 'clusterIdentifier: "a"');
  });
});

describe("what is there already", () => {
  it("can be looked up, imported, and changed in part", async () => {
    await api.kubectl("create", "configmap", "found", "--from-literal=key=theirs");
    const ended = await up(`
      export const key = k8s.core.v1.ConfigMap.get("got", "default/found", opts).data["key"];
      new k8s.core.v1.ConfigMapPatch("part", { metadata: { name: "found" }, data: { own: "x" } }, opts);`);
    expect(ended.output).toContain('key: "theirs"');
    expect((await api.object("configmap", "found"))?.data).toEqual({ key: "theirs", own: "x" });
    await destroy();
    expect((await api.object("configmap", "found"))?.data).toEqual({ key: "theirs" });
    const imported = await up(`new k8s.core.v1.ConfigMap("found", {
      metadata: { name: "found" }, data: { key: "theirs" } }, { ...opts, import: "default/found" });`);
    expect(imported.output).toContain("= 1 imported");
  });

  it("can be declared by the text of a manifest", async () => {
    const manifest =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\n";
    expect((await up(`new k8s.yaml.ConfigGroup("group", { yaml: ${JSON.stringify(manifest)} }, opts);`)).code).toBe(0);
    expect(await api.object("configmap", "two")).toBeDefined();
  });
});
