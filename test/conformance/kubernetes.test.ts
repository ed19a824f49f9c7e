import { join } from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensure } from "../../lab/toolchain/artifact";
import { pluginFolder, standinPlugins, standins } from "../../lab/toolchain/standins";
import { readSdk } from "./node";
import { RunningPlugin, type Schema } from "./plugin";
import { fieldsOf, missing } from "./shape";

/** A class of the official SDK, and the object of the API that it declares. */
interface Kind {
  token: string;
  apiVersion?: string;
  kind?: string;
}

/** What is more than one object of the API: charts, and files of manifests. */
const composed = [
  "kubernetes:helm.sh/v3:Chart",
  "kubernetes:helm.sh/v3:Release",
  "kubernetes:helm.sh/v4:Chart",
  "kubernetes:kustomize/v2:Directory",
  "kubernetes:yaml/v2:ConfigFile",
  "kubernetes:yaml/v2:ConfigGroup",
];

/** Every class with a token; what it declares stands in its code, since the SDK fixes it there. */
function kinds(namespace: object, seen = new Set<object>()): Kind[] {
  if (seen.has(namespace)) return [];
  seen.add(namespace);
  return Object.values(namespace).flatMap((member): Kind[] => {
    if (typeof member === "object" && member) return kinds(member, seen);
    if (typeof member !== "function" || !member.__pulumiType?.includes(":")) return [];
    const fixed = (name: string) => new RegExp(`resourceInputs\\["${name}"\\] = "([^"]+)"`).exec(String(member))?.[1];
    return [{ token: member.__pulumiType, apiVersion: fixed("apiVersion"), kind: fixed("kind") }];
  });
}

describe("the kubernetes plugin", () => {
  let running: RunningPlugin;
  let schema: Schema;
  const plugin = standinPlugins.filter(({ name }) => name === "kubernetes")[0];
  const all = kinds(kubernetes);
  const single = all.filter(({ apiVersion }) => apiVersion);
  const isList = ({ kind }: Kind) => kind?.endsWith("List");

  beforeAll(async () => {
    if (!plugin) throw new Error("no kubernetes plugin");
    running = await RunningPlugin.start(join(await ensure(standins), pluginFolder(plugin)), plugin.name);
    schema = await running.schema();
  });

  afterAll(() => running?.stop());

  it("is of the version that the SDK asks for", () => {
    expect({ name: schema.name, version: schema.version }).toEqual(plugin);
  });

  it("takes every input of the official provider", () => {
    const own = fieldsOf(schema.provider?.inputProperties, schema);
    const { provider } = readSdk("@pulumi/kubernetes", "provider.d.ts");
    expect(Object.keys(provider).length).toBeGreaterThan(10);
    expect({ missing: missing(provider, own), unknown: missing(own, provider) }).toEqual({ missing: [], unknown: [] });
  });

  it("takes the object that every class of the official SDK declares", async () => {
    const served = single.filter((kind) => !isList(kind));
    expect(served.length).toBeGreaterThan(300);
    for (const { token, apiVersion, kind } of served) {
      const { failures } = await running.check(token, { apiVersion, kind, metadata: { name: "x" } });
      expect({ token, failures }).toEqual({ token, failures: [] });
    }
  });

  it("refuses an object that is not of its class", async () => {
    const { failures } = await running.check("kubernetes:apps/v1:Deployment", { apiVersion: "apps/v1", kind: "Job" });
    expect(failures.join()).toContain("the object is a apps/v1 Job");
  });

  it("refuses lists, as the official one does", async () => {
    const lists = single.filter(isList);
    expect(lists.length).toBeGreaterThan(100);
    for (const { token, apiVersion, kind } of lists) {
      expect((await running.check(token, { apiVersion, kind })).failures.join()).toContain(
        "declare its objects one by one",
      );
    }
  });

  it("says of what it does not serve that it does not", async () => {
    expect(
      all
        .filter(({ apiVersion }) => !apiVersion)
        .map(({ token }) => token)
        .sort(),
    ).toEqual(composed);
    for (const token of composed) {
      await expect(running.check(token, {})).rejects.toThrow("is not served by this plugin");
    }
  });
});
