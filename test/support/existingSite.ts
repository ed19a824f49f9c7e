import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import type { SiteInput } from "../../site/description/spec";
import { kubernetesMinor, NEWEST_MINOR } from "../../site/description/versions";
import { hostKeyOf } from "./hostKeys";
import { ownRuntime } from "./project";

const { name } = parse(readFileSync(join(repository, "Pulumi.yaml"), "utf8"));

/** The repository's own program, run as the repository runs it. */
export const program = {
  "Pulumi.yaml": stringify({ name, runtime: ownRuntime, main: "index.ts" }),
  "index.ts": `export = require("${repository}/infra/index");\n`,
};

/** The key of the servers' owner. Nothing accepts it: nobody listens at these servers' addresses. */
export const ownersKey = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** A site on servers that exist, at addresses of documentation (RFC 5737), which nobody has. */
export function existingSite(): SiteInput {
  const machines = [
    { role: "etcd" as const, name: "etcd", count: 3 },
    { role: "control-plane" as const, name: "control-plane", count: 2 },
    { role: "load-balancer" as const, name: "load-balancer", count: 2 },
    { role: "worker" as const, name: "general", count: 2 },
  ].flatMap(({ role, name, count }, group) =>
    Array.from({ length: count }, (_, i) => ({
      name: `plain-${name}-${"abc"[i]}`,
      role,
      ...(role === "worker" && { pool: name }),
      host: `server-${group}-${i}`,
      address: `203.0.113.${10 + group * 10 + i}`,
      hostKey: hostKeyOf(group * 10 + i),
      cpus: 4,
      memoryGiB: 16,
    })),
  );
  return {
    name: "plain",
    hypervisor: { kind: "existing" },
    hosts: machines.map(({ host }, i) => ({
      name: host,
      cpus: 16,
      memoryGiB: 64,
      devices: [{ id: `naa.5000c500b00000${10 + i}`, datastore: `disk-${i}` }],
    })),
    machines,
    network: {
      cidr: "203.0.113.0/24",
      gateway: "203.0.113.1",
      apiVip: "203.0.113.5",
      machines: "203.0.113.10-203.0.113.99",
    },
    kubernetes: { version: kubernetesMinor(NEWEST_MINOR).tested },
    etcd: { members: 3 },
    controlPlanes: 2,
    loadBalancer: { kind: "haproxy", count: 2 },
    workers: [{ name: "general", count: 2, cpus: 4, memoryGiB: 16 }],
  };
}

const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: network, namespace: kube-system}\n";
/** A site with a manifest that needs no download. */
export const programWithManifest = {
  "Pulumi.yaml": stringify({ name: "project", main: "index.ts", runtime: ownRuntime }),
  "index.ts": `import { Site } from "${repository}/components/Site";
import { parseSite } from "${repository}/site/description/parse";
const config = new (require("@pulumi/pulumi").Config)("groundwork");
const spec = parseSite(config.requireObject("site"));
const sshPrivateKey = config.requireSecret("sshPrivateKey");
export const members = new Site(spec.name, { spec, sshPrivateKey, podNetworkManifest: ${JSON.stringify(manifest)} }).members;
`,
};

/** The site with three servers for each of two more stores. */
export function withStores(): SiteInput {
  const site = existingSite();
  const [first] = site.machines ?? [];
  const more = (["events", "network-store"] as const).flatMap((role, group) =>
    [0, 1, 2].map((i) => ({
      ...first,
      role,
      name: `plain-${role}-${"abc"[i]}`,
      host: `server-0-${i}`,
      address: `203.0.113.${60 + group * 10 + i}`,
      hostKey: hostKeyOf(60 + group * 10 + i),
    })),
  );
  return {
    ...site,
    machines: [...(site.machines ?? []), ...more],
    etcd: { members: 3, events: {}, networkStore: {} },
    pki: { rotation: { networkStore: { generation: 2, phase: "trust" } } },
    kubernetes: {
      ...site.kubernetes,
      podNetwork: {
        kind: "manifest",
        url: "https://network.example/manifest.yaml",
        sha256: "0".repeat(64),
        enforcesNetworkPolicy: true,
      },
    },
  };
}
