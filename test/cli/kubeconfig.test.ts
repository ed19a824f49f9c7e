import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { changeFile, kubeconfigFile } from "../../cli/kubeconfig/file";
import { type Entry, entryOf, merged } from "../../cli/kubeconfig/merge";

const kubeconfig = (server: string, ca = "QQ==", key = "a2V5") => `apiVersion: v1
kind: Config
clusters: [{name: kubernetes, cluster: {server: "${server}", certificate-authority-data: ${ca}}}]
users: [{name: operator, user: {client-certificate-data: Y2VydA==, client-key-data: ${key}}}]
contexts: [{name: operator@kubernetes, context: {cluster: kubernetes, user: operator}}]
current-context: operator@kubernetes
`;
const entry: Entry = entryOf(kubeconfig("https://10.42.0.5:6443"));
const others = `# mine, by hand
apiVersion: v1
kind: Config
current-context: work
clusters:
- cluster:
    server: https://work.example:6443 # the old one
  name: work
contexts:
- context:
    cluster: work
    user: me
  name: work
users:
- name: me
  user:
    token: secret
preferences: {}
`;

describe("a site beside the clusters that kubectl knows", () => {
  const into = (text: string | undefined, context = "demo", of = entry) =>
    merged(of, { text, file: "config", context });

  it("leaves what is there, with its comments and its current context, and is the same again", () => {
    const once = into(others);
    for (const line of others.split("\n")) expect(once).toContain(line);
    const { contexts, clusters, users, ...rest } = parse(once);
    expect(rest["current-context"]).toBe("work");
    expect(contexts.at(-1)).toEqual({ name: "demo", context: { cluster: "demo", user: "demo" } });
    expect(clusters.at(-1)).toEqual({ name: "demo", cluster: entry.cluster });
    expect(users.at(-1)).toEqual({ name: "demo", user: entry.user });
    expect(into(once)).toBe(once);
  });

  it.each([
    ["no file", undefined],
    ["an empty one", "\n"],
    [
      "kubectl's own empty one",
      'apiVersion: v1\nclusters: null\ncontexts: []\ncurrent-context: ""\nkind: Config\nusers: null\n',
    ],
  ])("is the current context where there is none: %s", (_, text) => {
    const { clusters, ...rest } = parse(into(text));
    expect(clusters).toEqual([{ name: "demo", cluster: entry.cluster }]);
    expect(rest).toMatchObject({ apiVersion: "v1", kind: "Config", "current-context": "demo" });
  });

  it("takes new keys, a new address, and keeps the namespace of its owner", () => {
    const mine = into(others).replace("    user: demo\n", "    user: demo\n    namespace: shop\n");
    const renewed = parse(into(mine, "demo", entryOf(kubeconfig("https://10.42.0.9:6443", "QQ==", "bmV3"))));
    expect(renewed.users.at(-1).user["client-key-data"]).toBe("bmV3");
    expect(renewed.clusters.at(-1).cluster.server).toBe("https://10.42.0.9:6443");
    expect(renewed.contexts.at(-1).context).toEqual({ cluster: "demo", user: "demo", namespace: "shop" });
    expect(renewed.clusters).toHaveLength(2);
  });

  it("takes no other cluster's name, and no file that is none", () => {
    expect(() => into(others, "work")).toThrow(
      "config: it has another cluster of the name work, https://work.example:6443; name the context of this one: --context NAME",
    );
    expect(() => into("just text")).toThrow("config: it is no kubeconfig; mend it, or move it away");
    expect(() => into("a: [")).toThrow(/^config: it is no kubeconfig \(.*\); mend it, or move it away$/);
    expect(() => into("clusters: {a: 1}")).toThrow("config: clusters: it is no list; mend it");
    expect(() => entryOf("kind: Config")).toThrow("output kubeconfig: it is no kubeconfig; run `pulumi up`");
  });
});

describe("its file", () => {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-kubeconfig-"));
  const file = join(folder, "new", "config");
  afterEach(() => rmSync(join(folder, "new"), { recursive: true, force: true }));

  it("is the first that kubectl reads", () => {
    expect(kubeconfigFile({ KUBECONFIG: ":/a:/b" })).toBe("/a");
    expect(kubeconfigFile({})).toBe(join(homedir(), ".kube", "config"));
  });

  it("is its owner's alone, made with its folder, and untouched if nothing changes", () => {
    expect(changeFile(file, () => "one")).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { mtimeMs, ino } = statSync(file);
    expect(changeFile(file, (text) => text ?? "")).toBe(false);
    expect([statSync(file).mtimeMs, statSync(file).ino]).toEqual([mtimeMs, ino]);
    writeFileSync(file, "one", { mode: 0o644 });
    expect(readdirSync(join(folder, "new"))).toEqual(["config"]);
  });

  it("stays a link, stays whole if the change fails, and is not changed by two at once", () => {
    changeFile(file, () => "one");
    const link = join(folder, "new", "link");
    symlinkSync(file, link);
    expect(changeFile(link, (text) => `${text} two`)).toBe(true);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    const broken = () => {
      throw new Error("no");
    };
    expect(() => changeFile(file, broken)).toThrow("no");
    expect(readFileSync(file, "utf8")).toBe("one two");
    writeFileSync(`${file}.lock`, "");
    expect(() => changeFile(file, () => "three")).toThrow(
      `${file}: another program is changing it; wait for it; if nothing runs, remove ${file}.lock`,
    );
    expect(readFileSync(file, "utf8")).toBe("one two");
  });
});
