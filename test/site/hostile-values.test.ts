import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import { planSite } from "../../site/plan/plan";
import { kubeadmConfiguration, kubeadmJoinConfiguration } from "../../site/render/kubeadm";
import { refusal } from "../support/refusal";
import { site, threeHosts } from "../support/sites";

const refused = (more: Partial<SiteInput>) => refusal(site(threeHosts, more));
const network = (more: Partial<SiteInput["network"]>) => refused({ network: { ...site([]).network, ...more } });
const kubernetes = (more: Partial<SiteInput["kubernetes"]>) => refused({ kubernetes: { version: "1.36.3", ...more } });
const s3 = (more: object) =>
  refused({
    backup: {
      recipients: ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"],
      targets: [{ kind: "s3", endpoint: "https://s3.example", bucket: "backups", ...more }],
    },
  });

describe("versions that there are not", () => {
  test.each([
    ["2.0.0", "there is no Kubernetes 2; use 1.37.2"],
    ["10.36.3", "there is no Kubernetes 10; use 1.37.2"],
    [
      "1.99.0",
      "Kubernetes 1.99 is newer than 1.37, the newest that this program knows; use 1.37.2, or install a newer groundwork",
    ],
    [
      "1.38.0",
      "Kubernetes 1.38 is newer than 1.37, the newest that this program knows; use 1.37.2, or install a newer groundwork",
    ],
    ["01.36.3", "use major.minor.patch"],
    ["1.036.3", "use major.minor.patch"],
    ["1.36.999999", "use major.minor.patch"],
  ])("Kubernetes %s", (version, words) => {
    expect(kubernetes({ version })).toEqual([expect.stringMatching(/^kubernetes\.version: .+; .+/)]);
    expect(kubernetes({ version })[0]).toContain(words);
  });

  test.each([
    ["4.0", "there is no etcd 4; use 3.7"],
    ["3.8.1", "etcd 3.8 is newer than 3.7, the newest that this program knows; use 3.7, or install a newer groundwork"],
    ["03.6", "use major.minor or major.minor.patch"],
  ])("etcd %s", (version, words) => {
    expect(refused({ etcd: { version } })).toEqual([expect.stringContaining(words)]);
  });
});

describe("values that nothing can be done with", () => {
  test("a distance that is given twice, in either direction", () => {
    const rtt = [
      { between: ["esx-1", "esx-2"], ms: 3 },
      { between: ["esx-2", "esx-1"], ms: 5 },
    ] as SiteInput["network"]["rtt"];
    expect(network({ rtt })).toEqual([
      "network.rtt[1].between: esx-2 and esx-1 are already at network.rtt[0]; list each pair once",
    ]);
  });

  test("a network that is larger than what may be in one", () => {
    expect(network({ podCidr: "128.0.0.0/1" })).toEqual([
      "network.podCidr: 128.0.0.0/1 holds addresses of 169.254.0.0/16, which is link-local, which no router forwards; use a private network, for example 10.0.42.0/24",
    ]);
  });

  test.each(["in-addr.arpa", "42.0.10.in-addr.arpa", "ip6.arpa"])("a domain of addresses, %s", (domain) => {
    expect(network({ domain })).toEqual([
      `network.domain: "${domain}" is not valid; use a domain of names: addresses are looked up in in-addr.arpa and ip6.arpa`,
    ]);
    expect(network({ domain: "home.arpa" })).toEqual([]);
  });

  test("all of kubeadm's checks are ignored without another one beside them, which it refuses", () => {
    const ignored = (ignorePreflightErrors: string[]) => {
      const kubernetes = { version: "1.36.3", ignorePreflightErrors };
      const plan = planSite(parseSite(site(threeHosts, { kubernetes })));
      return plan.machines.flatMap((machine) => {
        if (machine.role !== "control-plane" && machine.role !== "worker") return [];
        const text = (machine.role === "worker" ? kubeadmJoinConfiguration : kubeadmConfiguration)(plan, machine);
        return [parseAllDocuments(text)[0]?.getIn(["nodeRegistration", "ignorePreflightErrors"], false)];
      });
    };
    for (const one of ignored(["NumCPU", "ALL"])) expect(JSON.parse(JSON.stringify(one))).toEqual(["all"]);
    expect(JSON.stringify(ignored(["NumCPU"])[0])).toBe('["NumCPU","Port-10250"]');
  });

  test("a disk that vSphere cannot make", () => {
    const workers = [{ name: "general", count: 2, cpus: 4, memoryGiB: 16, diskGiB: 65_536 }];
    expect(refused({ workers })).toEqual([
      "workers[0].diskGiB: vSphere makes no disk of 65536 GiB; use at most 63488, 62 TiB",
    ]);
  });

  test("a balancer that is a machine of the site, and a name that only pods look up", () => {
    const balancer = (endpoint: string) => refused({ loadBalancer: { kind: "external", endpoint } });
    expect(balancer("shop-control-plane-a")).toEqual([
      "loadBalancer.endpoint: shop-control-plane-a is a machine of the site; use the load balancer apart from it",
    ]);
    expect(balancer("kubernetes.default.svc")).toEqual([
      "loadBalancer.endpoint: kubernetes.default.svc is a service of the cluster, which only its pods can look up; use a name of your own DNS, or its address",
    ]);
  });

  test("a mail address that is none", () => {
    const route = { kind: "email" as const, to: ["a@b"], from: "x@y.example", server: "mail.example" };
    expect(refused({ addons: { monitoring: { alerts: [route] } } })).toEqual([
      'addons.monitoring.alerts[0].to[0]: "a@b" is not valid; use a mail address, for example ops@store.example',
    ]);
  });

  test("the namespace that the site makes for MetalLB", () => {
    const net = { ...site([]).network, serviceAddresses: "10.0.42.200-10.0.42.209" };
    expect(refused({ network: net, namespaces: [{ name: "metallb-system" }] })).toEqual([
      "namespaces[0].name: metallb-system is MetalLB's, which network.serviceAddresses brings; use another name",
    ]);
    expect(refused({ namespaces: [{ name: "metallb-system" }] })).toEqual([]);
  });

  test("a distance from a host to itself", () => {
    expect(network({ rtt: [{ between: ["esx-1", "esx-1"], ms: 3 }] })).toEqual([
      "network.rtt[0].between: both are esx-1; name two hosts, or leave it out",
    ]);
  });

  test.each([
    ["a time that runs backwards", { nodeStatusUpdateFrequency: "-10s" }, "nodeStatusUpdateFrequency"],
    [
      "CPUs for pods alone, and none for the system",
      { cpuManagerPolicy: "static", kubeReserved: { cpu: null }, systemReserved: { cpu: "0" } },
      "cpuManagerPolicy",
    ],
    ["a file in no folder", { resolvConf: "etc/resolv.conf" }, "resolvConf"],
    ["a taint of no effect", { registerWithTaints: [{ key: "a", effect: "Never" }] }, "registerWithTaints[0].effect"],
    ["a taint without one", { registerWithTaints: [{ key: "a" }] }, "registerWithTaints[0].effect"],
  ])("of the kubelet: %s", (_, kubelet, path) => {
    const told = kubernetes({ kubelet });
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/: .+; .+/);
    expect(told[0]?.startsWith(`kubernetes.kubelet.${path}: `)).toBe(true);
  });

  test("what is possible of the kubelet is taken", () => {
    const kubelet = {
      cpuManagerPolicy: "static",
      systemReserved: { cpu: "500m" },
      resolvConf: "",
      registerWithTaints: [{ key: "a", effect: "NoExecute" }],
      nodeStatusUpdateFrequency: "10s",
    };
    expect(kubernetes({ kubelet })).toEqual([]);
  });

  test.each([
    ["an address for a bucket", { bucket: "192.168.0.1" }, "bucket"],
    ["a region with a space", { region: "us east" }, "region"],
    ["dots beside each other in a bucket", { bucket: "back..ups" }, "bucket"],
    ["a dot beside a hyphen in a bucket", { bucket: "back.-ups" }, "bucket"],
    ["a way up in a prefix", { prefix: "shop/../other" }, "prefix"],
    ["an authority that is no certificate", { ca: "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----" }, "ca"],
    ["a page for an endpoint", { endpoint: "https://s3.example/page?x=1" }, "endpoint"],
  ])("of a backup target: %s", (_, more, key) => {
    expect(s3(more)).toEqual([expect.stringMatching(new RegExp(`^backup\\.targets\\[0\\]\\.${key}: .+; .+`))]);
    expect(s3({ bucket: "192-168", region: "eu-central-1", endpoint: "https://s3.example:9000/" })).toEqual([]);
  });

  test.each(["0.0.0.0", "224.0.0.1", "255.255.255.255", "169.254.1.1"])("vCenter at %s", (server) => {
    expect(refused({ hypervisor: { ...site([]).hypervisor, server } as SiteInput["hypervisor"] })).toEqual([
      expect.stringMatching(/^hypervisor\.server: .+; use an address that machines reach$/),
    ]);
  });
});
