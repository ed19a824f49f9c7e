import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseSite } from "../../site/description/parse";
import { macAddress } from "../../site/plan/macAddress";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { site, threeHosts } from "../support/sites";

const plan = planSite(parseSite(site(threeHosts)));

function named(names: string[], siteName = "shop"): SitePlan {
  const machine = plan.machines[0] as MachinePlan;
  return { ...plan, site: siteName, machines: names.map((name) => ({ ...machine, name })) };
}

const all = (of: SitePlan) => of.machines.map((machine) => macAddress(of, machine));

describe("real-vcenter 01: the MAC addresses of a site's machines", () => {
  it("are what they have always been", () => {
    expect(
      Object.fromEntries(plan.machines.map((machine) => [machine.name, macAddress(plan, machine)])),
    ).toMatchInlineSnapshot(`
      {
        "shop-control-plane-a": "00:50:56:15:2d:74",
        "shop-control-plane-b": "00:50:56:14:f8:25",
        "shop-etcd-a": "00:50:56:25:ec:36",
        "shop-etcd-b": "00:50:56:11:f0:b4",
        "shop-etcd-c": "00:50:56:06:78:ce",
        "shop-general-a": "00:50:56:2a:76:fc",
        "shop-general-b": "00:50:56:21:e8:39",
        "shop-load-balancer-a": "00:50:56:25:de:86",
        "shop-load-balancer-b": "00:50:56:35:02:74",
      }
    `);
  });

  it("are of VMware's range for static addresses, and no two the same", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(names, (listed) => {
        const addresses = all(named(listed));
        expect(new Set(addresses).size).toBe(listed.length);
        for (const address of addresses) expect(address).toMatch(/^00:50:56:[0-3][0-9a-f](:[0-9a-f]{2}){2}$/);
      }),
    );
  });

  it("are told apart in a site so large that some meet", () => {
    const addresses = all(named(Array.from({ length: 9000 }, (_, i) => `shop-general-${i}`)));
    expect(new Set(addresses).size).toBe(9000);
  });

  it("depend on neither the order nor the number of the others", () => {
    const [few, many] = [named(["shop-etcd-a"]), named(["shop-etcd-c", "shop-general-a", "shop-etcd-a"])];
    expect(macAddress(many, { name: "shop-etcd-a" })).toBe(macAddress(few, { name: "shop-etcd-a" }));
  });

  it("follow from the seed, where there is one", () => {
    const seeded = (macSeed: string) => {
      const { hypervisor, ...more } = site(threeHosts);
      return all(planSite(parseSite({ ...more, hypervisor: { ...hypervisor, macSeed } })));
    };
    expect(seeded("shop")).toEqual(all(plan));
    expect(seeded("shop/2").filter((address) => all(plan).includes(address))).toEqual([]);
  });

  it("of further cards are others, and leave those of first cards as they are", () => {
    const further = { network: "VLAN", machines: "10.0.50.10-10.0.50.40" };
    const networks = [
      { ...further, name: "storage", cidr: "10.0.50.0/24" },
      { ...further, name: "backup", cidr: "10.0.51.0/24", machines: "10.0.51.10-10.0.51.40", roles: ["etcd"] },
    ] as const;
    const { hypervisor, ...more } = site(threeHosts);
    const wider = planSite(parseSite({ ...more, hypervisor: { ...hypervisor, networks } }));
    expect(all(wider)).toEqual(all(plan));
    const cards = wider.machines.flatMap((machine) =>
      (machine.cards ?? []).map(({ network }) => macAddress(wider, machine, network)),
    );
    expect(cards).toHaveLength(5);
    expect(new Set([...cards, ...all(wider)]).size).toBe(5 + wider.machines.length);
  });

  it("differ between sites", () => {
    expect(all(named(["etcd-a"], "store-1"))).not.toEqual(all(named(["etcd-a"], "store-2")));
  });
});
