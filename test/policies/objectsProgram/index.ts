// Registers whatever `resources.json` lists, each list under a prefix of its own.
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

interface Listed {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const { lists, versions } = JSON.parse(readFileSync("resources.json", "utf8")) as {
  lists: Listed[][];
  versions: Record<string, string>;
};

class Any extends pulumi.CustomResource {}

/** What other resources may ask for; the engine fills it in. */
const outputs = ["privateKeyPem", "certPem", "certRequestPem"];
const version = (type: string) => ({ version: versions[type.split(":")[0] ?? ""] });
const kubeconfig = JSON.stringify({ apiVersion: "v1", kind: "Config", clusters: [], contexts: [], users: [] });
const provider = new (class extends pulumi.ProviderResource {})(
  "kubernetes",
  "cluster",
  { kubeconfig: pulumi.secret(kubeconfig) },
  version("kubernetes:"),
);

lists.forEach((list, number) => {
  const made = new Map<string, Record<string, unknown>>();
  const resolved = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(resolved);
    const { "test:secret": hidden, "test:from": from } = value as {
      "test:secret"?: unknown;
      "test:from"?: [string, string];
    };
    if (hidden !== undefined) return pulumi.secret(resolved(hidden) as pulumi.Input<unknown>);
    if (from !== undefined) return made.get(from[0])?.[from[1]];
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, resolved(part)]));
  };
  for (const { type, name, inputs } of list) {
    const declared = type.startsWith("tls:") ? Object.fromEntries(outputs.map((output) => [output, undefined])) : {};
    const args = { ...declared, ...(resolved(inputs) as object) };
    const opts = type.startsWith("kubernetes:") ? { provider } : version(type);
    made.set(name, new Any(type, `${number}-${name}`, args, opts) as unknown as Record<string, unknown>);
  }
});
