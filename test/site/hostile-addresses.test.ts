import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ADDRESS_SETTINGS, addressesOf } from "../../site/description/addresses";
import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import { refusal } from "../support/refusal";
import { host, site, threeHosts } from "../support/sites";

const network = (more: Partial<SiteInput["network"]>): Partial<SiteInput> => ({
  network: { ...site([]).network, ...more },
});
const target = (at: string) => ({
  kind: "sftp" as const,
  host: at,
  user: "u",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC6XF6tLLVZvpG7c8b5UV0Pi1i6x3MJ3PcGmwgbbCML6",
});
const RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

describe("F6: every address that the description holds is checked against every other", () => {
  test.each<[string, Partial<SiteInput>, string]>([
    [
      "a name server that a machine would get",
      network({ nameservers: ["10.0.42.10"] }),
      "network.nameservers[0]: 10.0.42.10 is inside network.machines 10.0.42.10-10.0.42.120, and a machine would get it; use an address outside that range, or another range",
    ],
    [
      "a time server",
      network({ ntp: ["pool.example", "10.0.42.120"] }),
      "network.ntp[1]: 10.0.42.120 is inside network.machines 10.0.42.10-10.0.42.120, and a machine would get it; use an address outside that range, or another range",
    ],
    [
      "a host named by its address",
      { hosts: [...threeHosts, host("10.0.42.77")] },
      "hosts[3].name: 10.0.42.77 is inside network.machines 10.0.42.10-10.0.42.120, and a machine would get it; use an address outside that range, or another range",
    ],
    [
      "the gateway",
      network({ gateway: "10.0.42.20" }),
      "network.gateway: 10.0.42.20 is inside network.machines 10.0.42.10-10.0.42.120, and a machine would get it; use an address outside that range, or another range",
    ],
    [
      "the registry",
      { kubernetes: { version: "1.36.3", imageRepository: "10.0.42.11:5000/k8s" } },
      "kubernetes.imageRepository: 10.0.42.11 is inside network.machines 10.0.42.10-10.0.42.120, and a machine would get it; use an address outside that range, or another range",
    ],
    [
      "a registry as a mirror of all others",
      { registry: { kind: "external", url: "https://10.0.42.11:5000/k8s" } },
      "registry.url: 10.0.42.11 is inside network.machines 10.0.42.10-10.0.42.120, and a machine would get it; use an address outside that range, or another range",
    ],
    [
      "the proxy",
      { proxy: { http: "http://10.0.42.12:3128" } },
      "proxy.http: 10.0.42.12 is inside network.machines 10.0.42.10-10.0.42.120, and a machine would get it; use an address outside that range, or another range",
    ],
    [
      "the proxy among pods",
      { proxy: { http: "http://proxy.example", https: "https://10.244.9.9:3128" } },
      "proxy.https: 10.244.9.9 is inside network.podCidr 10.244.0.0/16, which is for pods alone; use another podCidr, or another address",
    ],
    [
      "vCenter among pods",
      { hypervisor: { ...site([]).hypervisor, server: "10.244.1.2:8443" } as SiteInput["hypervisor"] },
      "hypervisor.server: 10.244.1.2 is inside network.podCidr 10.244.0.0/16, which is for pods alone; use another podCidr, or another address",
    ],
    [
      "a backup target among services",
      { backup: { recipients: [RECIPIENT], targets: [target("10.96.0.9")] } },
      "backup.targets[0].host: 10.96.0.9 is inside network.serviceCidr 10.96.0.0/16, which is for services alone; use another serviceCidr, or another address",
    ],
    [
      "a backup target that is a machine by its name",
      { backup: { recipients: [RECIPIENT], targets: [target("shop-etcd-a.store.example")] } },
      "backup.targets[0].host: shop-etcd-a.store.example is a machine of the site; use a backup target apart from it",
    ],
    [
      "a backup target that is a host of the site",
      { backup: { recipients: [RECIPIENT], targets: [target("ESX-1")] } },
      "backup.targets[0].host: ESX-1 is a host, hosts[0].name; give a backup target a name of its own",
    ],
    [
      "a load balancer of somebody else's among pods",
      { loadBalancer: { kind: "external", endpoint: "10.244.3.9" } },
      "loadBalancer.endpoint: 10.244.3.9 is inside network.podCidr 10.244.0.0/16, which is for pods alone; use another podCidr, or another address",
    ],
    [
      "the virtual address at the gateway",
      network({ apiVip: "10.0.42.1" }),
      "network.apiVip: 10.0.42.1 is the gateway, network.gateway; give the API's virtual address an address of its own",
    ],
    [
      "a name server at the virtual address",
      network({ nameservers: ["10.0.42.5"] }),
      "network.nameservers[0]: 10.0.42.5 is the API's virtual address, network.apiVip; give a name server an address of its own",
    ],
    [
      "a name server that is listed twice",
      network({ nameservers: ["10.0.42.1", "10.0.42.1"] }),
      "network.nameservers[1]: 10.0.42.1 is already listed at network.nameservers[0]; list it once",
    ],
    [
      "a name that only pods can look up",
      { loadBalancer: { kind: "external", endpoint: "api.default.svc.cluster.local" } },
      "loadBalancer.endpoint: api.default.svc.cluster.local is a service of the cluster, which only its pods can look up; use a name of your own DNS, or its address",
    ],
    [
      "pods' and machines' networks that overlap",
      network({ podCidr: "10.0.0.0/16" }),
      "network.podCidr: 10.0.0.0/16 overlaps network.cidr 10.0.42.0/24; use blocks that do not overlap",
    ],
  ])("%s", (_, more, problem) => {
    expect(refusal(site(threeHosts, more))).toEqual([problem]);
  });

  test("the router may be name server, time server and load balancer, too", () => {
    const more = network({ nameservers: ["10.0.42.1"], ntp: ["10.0.42.1"] });
    expect(refusal(site(threeHosts, { ...more, loadBalancer: { kind: "external", endpoint: "10.0.42.1" } }))).toEqual(
      [],
    );
  });

  test("whoever stands in the machines' range, among pods or among services is told, wherever it is written", () => {
    const at: Record<string, (address: string) => Partial<SiteInput>> = {
      "network.nameservers[0]": (a) => network({ nameservers: [a] }),
      "network.ntp[0]": (a) => network({ ntp: [a] }),
      "hosts[0].name": (a) => ({ hosts: [host(a)] }),
      "loadBalancer.endpoint": (a) => ({ loadBalancer: { kind: "external", endpoint: a } }),
      "hypervisor.server": (a) => ({ hypervisor: { ...site([]).hypervisor, server: a } as SiteInput["hypervisor"] }),
      "kubernetes.imageRepository": (a) => ({ kubernetes: { version: "1.36.3", imageRepository: `${a}/k8s` } }),
      "kubernetes.podNetwork.url": (a) => ({
        kubernetes: {
          version: "1.36.3",
          podNetwork: {
            kind: "manifest",
            url: `https://${a}/x.yaml`,
            sha256: "a".repeat(64),
            enforcesNetworkPolicy: true,
          },
        },
      }),
      "backup.targets[0].host": (a) => ({ backup: { recipients: [RECIPIENT], targets: [target(a)] } }),
      "backup.targets[0].endpoint": (a) => ({
        backup: {
          recipients: [RECIPIENT],
          targets: [{ kind: "s3", endpoint: `https://${a}:9000`, bucket: "backups" }],
        },
      }),
    };
    const address = fc.oneof(
      fc.integer({ min: 10, max: 120 }).map((n) => `10.0.42.${n}`),
      fc.tuple(fc.constantFrom("10.244", "10.96"), fc.nat(255), fc.nat(255)).map((parts) => parts.join(".")),
      fc
        .tuple(fc.constantFrom(0, 127, 224, 239, 240, 255), fc.nat(255), fc.nat(255), fc.nat(255))
        .map((p) => p.join(".")),
      fc.tuple(fc.nat(255), fc.nat(255)).map((p) => `169.254.${p.join(".")}`),
      fc.constantFrom("10.0.42.0", "10.0.42.255"),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(at)), address, (path, text) => {
        // A registry on each node, and vCenter through a tunnel, may lie on loopback.
        if (["kubernetes.imageRepository", "hypervisor.server"].includes(path) && text.startsWith("127.")) return;
        const told = refusal(site(threeHosts, at[path]?.(text)));
        expect(told.filter((line) => line.startsWith(`${path}: ${text} `))).not.toEqual([]);
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  test("addresses that collide with nothing are no problem", () => {
    const free = fc.integer({ min: 121, max: 254 }).map((n) => `10.0.42.${n}`);
    fc.assert(
      fc.property(
        fc.uniqueArray(free, { minLength: 4, maxLength: 4 }),
        ([dns = "", ntp = "", at = "", backup = ""]) => {
          const more = network({ nameservers: [dns], ntp: [ntp] });
          expect(
            refusal(
              site([...threeHosts, host(at)], {
                ...more,
                backup: { recipients: [RECIPIENT], targets: [target(backup)] },
              }),
            ),
          ).toEqual([]);
        },
      ),
      { numRuns: 50, seed: 12 },
    );
  });
});

interface Schema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
  prefixItems?: Schema[];
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

/** Every setting that takes a text of its owner's, by its path. */
function texts(schema: Schema, path = ""): string[] {
  const below = [
    ...Object.entries(schema.properties ?? {}).map(([key, one]): [Schema, string] => [
      one,
      path ? `${path}.${key}` : key,
    ]),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map((one): [Schema, string] => [one, path]),
    ...[schema.items, ...(schema.prefixItems ?? [])].flatMap((one): [Schema, string][] =>
      one ? [[one, `${path}[]`]] : [],
    ),
    ...(typeof schema.additionalProperties === "object"
      ? [[schema.additionalProperties, `${path}.*`] as [Schema, string]]
      : []),
  ];
  const own = schema.type === "string" && schema.enum === undefined && schema.const === undefined ? [path] : [];
  return [...new Set([...own, ...below.flatMap(([one, at]) => texts(one, at))])];
}

/** Texts that are no address and no name of a machine in a network. A new setting is listed here, or in ADDRESS_SETTINGS. */
const NO_ADDRESSES = [
  "addons.monitoring.alerts[].ca",
  "addons.monitoring.alerts[].from",
  "addons.monitoring.alerts[].to[]",
  "addons.monitoring.logs.sendTo.ca",
  "addons.monitoring.logs.sendTo.name",
  "addons.monitoring.remoteWrite.ca",
  "addons.monitoring.remoteWrite.user",
  "name",
  "contacts[].name",
  "contacts[].role",
  "contacts[].phone",
  "contacts[].mail",
  "hypervisor.datacenter",
  "hypervisor.cluster",
  "hypervisor.template",
  "hypervisor.network",
  "hypervisor.distributedSwitch",
  "hypervisor.folder",
  "hypervisor.networks[].name",
  "hypervisor.networks[].network",
  "hypervisor.networks[].distributedSwitch",
  "hypervisor.macSeed",
  "hosts[].rack",
  "hosts[].template",
  "hosts[].room",
  "hosts[].feed",
  "hosts[].devices[].id",
  "hosts[].devices[].datastore",
  "hosts[].devices[].datastores[]",
  "sharedStorage[].id",
  "sharedStorage[].datastores[]",
  "sharedStorage[].hosts[]",
  "machines[].pool",
  "machines[].host",
  "machines[].hostKey",
  "machines[].user",
  "machines[].datastore",
  "network.rtt[].between[]",
  "proxy.noProxy[]",
  "registry.upstreams[]",
  "registry.ca",
  "kubernetes.version",
  "kubernetes.podNetwork.version",
  "kubernetes.secretsEncryption.kms.name",
  "kubernetes.secretsEncryption.kms.socket",
  "kubernetes.podNetwork.sha256",
  "kubernetes.ignorePreflightErrors[]",
  "etcd.version",
  "etcd.placement.*.host",
  "etcd.placement.*.datastore",
  "controlPlanes.placement.*.host",
  "controlPlanes.placement.*.datastore",
  "loadBalancer.placement.*.host",
  "loadBalancer.placement.*.datastore",
  "workers[].name",
  "workers[].labels.*",
  "workers[].taints[].key",
  "workers[].taints[].value",
  "workers[].placement.*.host",
  "workers[].placement.*.datastore",
  "access.oidc.audiences[]",
  "access.oidc.ca",
  "access.oidc.clientId",
  "access.oidc.groupsClaim",
  "access.oidc.prefix",
  "access.oidc.scopes[]",
  "access.oidc.usernameClaim",
  "access.operators[]",
  "access.viewers[]",
  "namespaces[].groups.admin[]",
  "namespaces[].groups.edit[]",
  "namespaces[].groups.view[]",
  "namespaces[].name",
  "gitops.flux.branch",
  "gitops.flux.tag",
  "gitops.flux.path",
  "gitops.flux.user",
  "gitops.flux.ca",
  "gitops.flux.hostKeys[]",
  "backup.schedule",
  "backup.recipients[]",
  "backup.targets[].user",
  "backup.targets[].path",
  "backup.targets[].hostKey",
  "backup.targets[].bucket",
  "backup.targets[].region",
  "backup.targets[].prefix",
  "backup.targets[].ca",
  "overrides[].machine",
  "overrides[].host",
  "overrides[].datastore",
  "overrides[].reason",
];

describe("no address is forgotten", () => {
  const schema = JSON.parse(readFileSync(join(__dirname, "../../docs/site.schema.json"), "utf8"));

  test("every text of the schema is an address that is checked, or is known to be none", () => {
    expect(texts(schema).sort()).toEqual([...Object.keys(ADDRESS_SETTINGS), ...NO_ADDRESSES].sort());
  });

  test("each is found in a description, with its path", () => {
    const held = addressesOf(
      parseSite(site(threeHosts, { ...network({ nameservers: ["10.0.42.1"], ntp: ["time.example"] }) })),
    );
    expect(held.map(({ path, kind }) => `${path} ${kind}`)).toMatchInlineSnapshot(`
      [
        "network.cidr network",
        "network.gateway address",
        "network.apiVip address",
        "network.machines range",
        "network.podCidr network",
        "network.serviceCidr network",
        "network.domain name",
        "hosts[0].name name",
        "hosts[1].name name",
        "hosts[2].name name",
        "hypervisor.server name",
        "network.nameservers[0] address",
        "network.ntp[0] name",
      ]
    `);
  });
});
