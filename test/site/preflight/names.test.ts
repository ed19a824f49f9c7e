import { describe, expect, test } from "vitest";
import { parseSite } from "../../../site/description/parse";
import { preflight } from "../../../site/judge/preflight";
import { planSite } from "../../../site/plan/plan";
import { site, threeHosts } from "../../support/sites";
import { plan, vcenter, wanted } from "./facts";

describe("names and ids as a description may write them", () => {
  test.each([["VLAN 120/121"], ["VLAN 120%2f121"], ["VLAN 120%2F121"]])(
    "F10: a port group that vCenter keeps as VLAN 120%%2f121 is found as %s",
    (network) => {
      const facts = vcenter(({ networks: [first] }) => {
        if (first) first.name = "VLAN 120%2f121";
      });
      const lines = preflight(plan, { ...wanted, network }, facts, new Set());
      expect(lines.filter(({ state }) => state === "refused")).toEqual([]);
    },
  );

  test("F4: a disk that is described with its host is the one below its datastore", () => {
    const mpx = "mpx.vmhba0:C0:T0:L0";
    const hosts = threeHosts.map((host) => ({
      ...host,
      devices: host.devices?.map((device, i) => (i === 0 ? { ...device, id: `${host.name}/${mpx}` } : device)),
    }));
    const facts = vcenter(({ datastores }) => {
      for (const store of datastores) if (store.name.endsWith("-a")) store.extents = [mpx];
    });
    const own = planSite(parseSite(site(hosts)));
    expect(preflight(own, wanted, facts, new Set()).filter(({ state }) => state === "refused")).toEqual([]);
    const another = vcenter(({ datastores: [first] }) => {
      if (first) first.extents = ["mpx.vmhba0:C0:T1:L0"];
    });
    expect(preflight(own, wanted, another, new Set())).toContainEqual(
      expect.objectContaining({ state: "refused", path: "hosts[0].devices[0].id" }),
    );
  });
});
