import { describe, expect, test } from "vitest";
import { pairFailures, singleFailures } from "../../site/judge/failures";
import { planned } from "../support/planning";
import { host, largeSite, site, threeHosts } from "../support/sites";

const fatal = (f: { etcdQuorum: boolean; apiReachable: boolean }) => !f.etcdQuorum || !f.apiReachable;

describe("single failures", () => {
  test("of a site on one host: the host costs everything, a device a member", () => {
    const failures = singleFailures(planned(site([host("box", { deviceCount: 3 })])).facts);
    expect(failures.filter(fatal).map((f) => [f.kind, f.id, f.dataLost])).toEqual([
      ["host", "box", true],
      ["network", "10.0.42.0/24", false],
    ]);
  });

  test("a power feed takes power, not data", () => {
    const hosts = ["esx-1", "esx-2", "esx-3"].map((n) => host(n, { feed: "left" }));
    const feed = singleFailures(planned(site(hosts)).facts).find((f) => f.kind === "feed");
    expect(feed).toMatchObject({ etcdQuorum: false, dataLost: false, workersLeft: 0 });
    expect(feed?.action).toContain("no data is lost");
  });

  test("shared storage takes its machines along on every host, a host does not take shared storage along", () => {
    const hosts = ["esx-1", "esx-2", "esx-3"].map((n) => host(n, { devices: [] }));
    const sharedStorage = [
      { kind: "san" as const, id: "naa.fa0", redundancy: "raid6" as const, datastores: ["s1", "s2", "s3"] },
    ];
    const failures = singleFailures(planned(site(hosts, { sharedStorage })).facts);
    expect(failures.find((f) => f.kind === "device")).toMatchObject({
      etcdQuorum: false,
      dataLost: true,
      workersLeft: 0,
    });
    expect(failures.filter((f) => f.kind === "host").every((f) => f.etcdQuorum && !f.dataLost)).toBe(true);
  });

  test("an external load balancer is somebody's to mend", () => {
    const failures = singleFailures(
      planned(site(threeHosts, { loadBalancer: { kind: "external", endpoint: "lb.example" } })).facts,
    );
    expect(failures.find((f) => f.kind === "load-balancer")).toMatchObject({
      id: "lb.example",
      etcdQuorum: true,
      apiReachable: false,
    });
  });

  test("each says what a person must do", () => {
    for (const f of singleFailures(planned(site(threeHosts)).facts)) expect(f.action).toMatch(/\w+ .+/);
  });
});

describe("pairs", () => {
  test("two hosts of three end etcd, two of five do not", () => {
    const pairs = (count: number) => {
      const hosts = Array.from({ length: count }, (_, i) => host(`esx-${i + 1}`));
      const all = [...pairFailures(planned(site(hosts)).facts)];
      return all.filter((p) => p.first.kind === "host" && p.second.kind === "host");
    };
    expect(pairs(3).every(fatal)).toBe(true);
    expect(pairs(5)).toHaveLength(10);
    expect(pairs(5).every((p) => p.etcdQuorum)).toBe(true);
  });

  test("nothing counts twice: a host and a machine on it cost no more than the host", () => {
    const { facts, plan } = planned(site(threeHosts));
    const one = new Map(singleFailures(facts).map((f) => [`${f.kind} ${f.id}`, f]));
    for (const p of pairFailures(facts)) {
      const machine = plan.machines.find((m) => p.first.kind === "machine" && m.name === p.first.id);
      if (!machine || p.second.kind !== "host" || machine.host !== p.second.id) continue;
      expect(p.workersLeft).toBe(one.get(`host ${p.second.id}`)?.workersLeft);
    }
  });
});

test("a thousand hosts with five thousand machines are planned, and each failure of one thing is proven", () => {
  const { facts, plan } = planned(largeSite(1000, 4993));
  expect(singleFailures(facts).length).toBeGreaterThan(10_000);
  expect(plan.machines).toHaveLength(5002);
});
