import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { changesPage } from "../../docs/generate/changes";
import { settledOf } from "../../site/description/changes/settled";
import { CHANGES } from "../../site/description/changes/table";
import { parseSite } from "../../site/description/parse";
import { Settings } from "../../site/description/settings";
import { siteDocument } from "../../site/description/spec";
import { site, threeHosts } from "../support/sites";

describe("what a change means", () => {
  it("is said of every setting that there is, and of no other", () => {
    const settings = new Settings(siteDocument).all();
    expect(settings.filter((path) => !(path in CHANGES))).toEqual([]);
    expect(Object.keys(CHANGES).filter((path) => !settings.includes(path))).toEqual([]);
    expect(settings).toEqual(
      expect.arrayContaining([
        "name",
        "hosts[]",
        "hosts[].devices[].id",
        "kubernetes.kubelet.*",
        "etcd.placement.*.host",
        "loadBalancer.endpoint",
        "backup",
        "backup.targets[].bucket",
        "workers[].taints[].effect",
      ]),
    );
  });

  it("is on docs/changes.md; else run `npm run docs:changes`", () => {
    expect(readFileSync(join(__dirname, "../../docs/changes.md"), "utf8")).toBe(changesPage());
  });

  it("is compared by values that a run writes down: single ones, of which each is there", () => {
    const compared = Object.entries(CHANGES).filter(([, meaning]) => meaning.compared);
    for (const [path, { is }] of compared)
      expect([path, path.includes("[]"), is]).toEqual([path, false, expect.stringMatching(/never|way/)]);
    expect(settledOf(parseSite(site(threeHosts)))).toMatchInlineSnapshot(`
      {
        "hypervisor.cluster": "C0",
        "hypervisor.datacenter": "DC0",
        "hypervisor.kind": "vsphere",
        "hypervisor.server": "vc.example",
        "kubernetes.podNetwork.kind": "routed",
        "loadBalancer.kind": "haproxy",
        "name": "shop",
        "network.apiVip": "10.0.42.5",
        "network.cidr": "10.0.42.0/24",
        "network.domain": "cluster.local",
        "network.gateway": "10.0.42.1",
        "network.nodePodPrefix": 24,
        "network.podCidr": "10.244.0.0/16",
        "network.serviceCidr": "10.96.0.0/16",
      }
    `);
  });
});
