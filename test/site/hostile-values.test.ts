import { describe, expect, test } from "vitest";
import type { SiteInput } from "../../site/description/spec";
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
    ["01.36.3", "use major.minor.patch"],
    ["1.036.3", "use major.minor.patch"],
    ["1.36.999999", "use major.minor.patch"],
  ])("Kubernetes %s", (version, words) => {
    expect(kubernetes({ version })).toEqual([expect.stringMatching(/^kubernetes\.version: .+; .+/)]);
    expect(kubernetes({ version })[0]).toContain(words);
  });

  test.each([
    ["4.0", "there is no etcd 4; use 3.7"],
    ["03.6", "use major.minor or major.minor.patch"],
  ])("etcd %s", (version, words) => {
    expect(refused({ etcd: { version } })).toEqual([expect.stringContaining(words)]);
  });
});

describe("values that nothing can be done with", () => {
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
