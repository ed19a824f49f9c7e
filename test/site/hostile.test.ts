import { describe, expect, test } from "vitest";
import type { SiteInput } from "../../site/description/spec";
import { planned } from "../support/planning";
import { refusal } from "../support/refusal";
import { host, site, threeHosts } from "../support/sites";

const reason = "the owner wants it";

describe("a site whose parts contradict each other", () => {
  test.each<[string, Partial<SiteInput>, string]>([
    [
      "one machine in two overrides",
      {
        overrides: [
          { machine: "shop-etcd-a", host: "esx-1", reason },
          { machine: "shop-etcd-a", host: "esx-2", reason },
        ],
      },
      "overrides[1]: shop-etcd-a is already placed by overrides[0]; place each machine once",
    ],
    [
      "one machine in a placement and an override",
      {
        etcd: { placement: { a: { host: "esx-1" } } },
        overrides: [{ machine: "shop-etcd-a", host: "esx-2", reason }],
      },
      "overrides[0]: shop-etcd-a is already placed by etcd.placement.a; place each machine once",
    ],
    [
      "one machine by its letter and by its name",
      { etcd: { placement: { a: { host: "esx-1" }, "shop-etcd-a": { host: "esx-2" } } } },
      "etcd.placement.shop-etcd-a: shop-etcd-a is already placed by etcd.placement.a; place each machine once",
    ],
    [
      "a machine of another group",
      { controlPlanes: { placement: { "shop-etcd-a": { host: "esx-1" } } } },
      "controlPlanes.placement.shop-etcd-a: shop-etcd-a is none of these machines; place it in its own group, or use overrides",
    ],
    [
      "a datastore of another host",
      { overrides: [{ machine: "shop-etcd-a", host: "esx-1", datastore: "esx-2-a", reason }] },
      "overrides[0].datastore: host esx-1 has no datastore esx-2-a; use a datastore of one of its devices",
    ],
    [
      "a machine that the site has not",
      { overrides: [{ machine: "shop-etcd-z", host: "esx-1", reason }] },
      "overrides[0]: there is no machine shop-etcd-z; use one of shop-etcd-a, shop-etcd-b, shop-etcd-c, shop-control-plane-a, shop-control-plane-b, \u2026",
    ],
    [
      "half a million workers",
      {
        workers: Array.from({ length: 100 }, (_, i) => ({ name: `p${i}`, count: 5000, cpus: 1, memoryGiB: 1 })),
        network: { ...site([]).network, cidr: "10.0.0.0/8", machines: "10.1.0.0-10.200.0.0", podCidr: "172.16.0.0/12" },
      },
      "workers: with the control planes there are 500002 nodes, Kubernetes carries 5000; use fewer, or several sites",
    ],
  ])("%s", (_, more, problem) => {
    expect(refusal(site(threeHosts, more))).toContain(problem);
  });

  test("overrides of servers that exist", () => {
    const input = site(threeHosts, {
      hypervisor: { kind: "existing" },
      overrides: [{ machine: "etcd-1", host: "esx-1", reason }],
    });
    expect(refusal(input)).toContain(
      "overrides[0]: existing servers are where they are; remove it; say where a server is in machines",
    );
  });
});

describe("names that are more than names", () => {
  const nasty = [
    "a\u0000b",
    "a\nb",
    "a\u001b[2J",
    "a\u202eb",
    "$(reboot)",
    "`id`",
    "a;b",
    "-rf",
    "../x",
    "a'b",
    'a"b',
    "名前",
  ];
  test.each(nasty)("%j is refused as a host, a device, a rack and a pool, and never shown as it is", (name) => {
    const places: Partial<SiteInput>[] = [
      { hosts: [host(name)] },
      { hosts: [host("esx-1", { devices: [{ id: name, datastore: "d" }] })] },
      { hosts: [host("esx-1", { rack: name })] },
      { workers: [{ name, count: 1, cpus: 1, memoryGiB: 1 }] },
    ];
    for (const place of places) {
      const problems = refusal({ ...site(threeHosts), ...place });
      expect(problems.length).toBeGreaterThan(0);
      for (const problem of problems) expect(problem).toMatch(/^[\x20-\x7e\u2026]+: .+; .+$/);
    }
  });
});

describe("a site at its limits is planned all the same", () => {
  test("nine members of three stores, nine control planes and nine load balancers on three small hosts", () => {
    const nine = { members: 9 };
    const { plan, mandatory } = planned(
      site(
        threeHosts.map((h) => ({ ...h, memoryGiB: 16 })),
        { etcd: { ...nine, events: nine }, controlPlanes: 9, loadBalancer: { kind: "haproxy", count: 9 } },
      ),
    );
    expect(plan.machines).toHaveLength(38);
    expect(mandatory.length).toBeGreaterThan(0);
  });

  test("a network with an address for each machine and none to spare", () => {
    const network = { ...site([]).network, machines: "10.0.42.10-10.0.42.18" };
    const { plan } = planned(site(threeHosts, { network }));
    expect(new Set(plan.machines.map((m) => m.address)).size).toBe(9);
    expect(refusal(site(threeHosts, { network: { ...network, machines: "10.0.42.10-10.0.42.17" } }))).toEqual([
      "network.machines: 10.0.42.10-10.0.42.17 holds 8 addresses for 9 machines; use a larger range, or fewer machines",
    ]);
  });
});
