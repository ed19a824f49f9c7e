import { describe, expect, test } from "vitest";
import type { SiteInput } from "../../site/description/spec";
import { refusal } from "../support/refusal";
import { host, site, threeHosts } from "../support/sites";

const network = (more: Partial<SiteInput["network"]>): Partial<SiteInput> => ({
  network: { ...site([]).network, ...more },
});
const _target = (at: string) => ({
  kind: "sftp" as const,
  host: at,
  user: "u",
  hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC6XF6tLLVZvpG7c8b5UV0Pi1i6x3MJ3PcGmwgbbCML6",
});
const _RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

describe("networks that no machine can have", () => {
  test.each([
    ["cidr", "127.0.0.0/24", "127.0.0.0/8, which is loopback, which never leaves a machine"],
    ["cidr", "169.254.7.0/24", "169.254.0.0/16, which is link-local, which no router forwards"],
    ["cidr", "224.1.1.0/24", "224.0.0.0/4, which is multicast"],
    ["cidr", "0.0.0.0/24", "0.0.0.0/8, which means this network, not an address in it"],
    ["podCidr", "240.0.0.0/12", "240.0.0.0/4, which is reserved"],
    ["serviceCidr", "224.0.0.0/16", "224.0.0.0/4, which is multicast"],
  ])("network.%s %s is one line", (key, block, why) => {
    const base = block.replace(/\.0\/\d+$/, "");
    const own = { gateway: `${base}.1`, apiVip: `${base}.5`, machines: `${base}.10-${base}.99` };
    expect(refusal(site(threeHosts, network({ [key]: block, ...(key === "cidr" && own) })))).toEqual([
      `network.${key}: ${block} is in ${why}; use a private network, for example 10.0.42.0/24`,
    ]);
  });

  test("a network's first address and its last one are nobody's, and are called so", () => {
    const edge = network({ apiVip: "10.0.42.255", gateway: "10.0.42.0", machines: "10.0.42.10-10.0.42.254" });
    expect(refusal(site(threeHosts, edge))).toEqual([
      "network.gateway: 10.0.42.0 is the network address of network.cidr 10.0.42.0/24; use an address between its first and its last one",
      "network.apiVip: 10.0.42.255 is the broadcast address of network.cidr 10.0.42.0/24; use an address between its first and its last one",
    ]);
    expect(refusal(site(threeHosts, network({ machines: "10.0.42.10-10.0.42.255" })))).toEqual([
      "network.machines: 10.0.42.10-10.0.42.255 holds the broadcast address of network.cidr 10.0.42.0/24; leave it out of the range",
    ]);
  });
});

describe("names and addresses that cannot be", () => {
  const HOST =
    "use a DNS name (labels of 1 to 63 letters, digits and hyphens, the last not a number) or an IPv4 address";
  test.each(["999.999.1.1", "10.0.42", "10.0.42.5.6", "store.123", "010.0.42.5"])("%s is no host", (text) => {
    expect(refusal(site(threeHosts, { loadBalancer: { kind: "external", endpoint: text } }))).toEqual([
      `loadBalancer.endpoint: "${text}" is not valid; ${HOST}`,
    ]);
  });

  test.each(["a..b", ".a", "a.", "-a", "a-", "a_b", "https://a", "a b", "a:1", "x".repeat(64)])(
    "%j is no time server",
    (text) => {
      expect(refusal(site(threeHosts, network({ ntp: [text] })))).toEqual([
        `network.ntp[0]: "${text}" is not valid; ${HOST}`,
      ]);
    },
  );

  test.each([
    "vcenter..example",
    "vc.example:0",
    "vc.example:65536",
    "vc.example:099999",
    "10.0.42.256",
    "vc.example/sdk",
  ])("%s is no vCenter", (server) => {
    const [line, ...more] = refusal(
      site(threeHosts, { hypervisor: { ...site([]).hypervisor, server } as SiteInput["hypervisor"] }),
    );
    expect(more).toEqual([]);
    expect(line).toMatch(/^hypervisor\.server: ".*" is not valid; use a DNS name/);
  });

  test.each([
    "https://registry.example",
    "Registry.example/k8s",
    "registry.example/K8s",
    "registry.example/a b",
    "registry.example//k8s",
    "registry.example/k8s/",
    "registry.example:99999/k8s",
    "registry.example:/k8s",
    "registry..example/k8s",
    "registry.example/k8s:v1",
    "registry.example/k8s@sha256",
    "10.0.0.300/k8s",
  ])("%s is no place of images", (imageRepository) => {
    const [line, ...more] = refusal(site(threeHosts, { kubernetes: { version: "1.36.3", imageRepository } }));
    expect(more).toEqual([]);
    expect(line).toMatch(/^kubernetes\.imageRepository: ".*" is not valid; use /);
  });

  test.each(["registry.example", "harbor.corp.example:8443/k8s", "10.9.9.9:5000", "localhost:5000/a_b/c__d/e-f.g"])(
    "%s is one",
    (imageRepository) => {
      expect(refusal(site(threeHosts, { kubernetes: { version: "1.36.3", imageRepository } }))).toEqual([]);
    },
  );

  test("F17: leading zeros in a range, parts above 255, a host that is nearly an address", () => {
    const fix = "use first-last, for example 10.0.42.10-10.0.42.60: each part 0 to 255, without leading zeros";
    for (const machines of ["010.0.42.10-10.0.42.60", "10.0.42.010-10.0.42.060", "10.0.42.10-10.0.42.256"])
      expect(refusal(site(threeHosts, network({ machines })))).toEqual([
        `network.machines: "${machines}" is not valid; ${fix}`,
      ]);
    expect(refusal(site([host("10.0.42.300", { devices: threeHosts[0]?.devices })]))).toEqual([
      'hosts[0].name: "10.0.42.300" is not valid; use a host name without empty labels, or an IPv4 address',
    ]);
  });
});
