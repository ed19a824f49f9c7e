import { describe, expect, test } from "vitest";
import { most, planned } from "../support/planning";
import { host, site, threeHosts } from "../support/sites";

const workers = (count: number) => [{ name: "general", count, cpus: 4, memoryGiB: 16 }];
const before = planned(site(threeHosts, { workers: workers(4) }));
const places = (p: ReturnType<typeof planned>) =>
  Object.fromEntries(
    p.plan.machines.map((m) => [m.name, [m.host, m.address, m.podCidr, ...m.disks.map((d) => d.datastore)]]),
  );

describe("against what already runs", () => {
  test("the same site moves nothing", () => {
    expect(places(planned(site(threeHosts, { workers: workers(4) }), before.plan))).toEqual(places(before));
  });

  test("a new host moves nothing", () => {
    const after = planned(site([host("esx-0"), ...threeHosts], { workers: workers(4) }), before.plan);
    expect(after.plan.moves).toEqual([]);
    expect(places(after)).toEqual(places(before));
  });

  test("a new worker, and two more members, move nothing", () => {
    const after = planned(
      site([...threeHosts, host("esx-4"), host("esx-5")], { workers: workers(6), etcd: { members: 5 } }),
      before.plan,
    );
    expect(after.plan.moves).toEqual([]);
    expect(places(after)).toMatchObject(places(before));
    expect(most(after.hostsOf("etcd"))).toBe(1);
  });

  test("a host that is gone moves its machines and no others, and says why", () => {
    const after = planned(site([...threeHosts.slice(0, 2), host("esx-4")], { workers: workers(4) }), before.plan);
    const there = before.plan.machines.filter((m) => m.host === "esx-3").map((m) => m.name);
    expect(after.plan.moves.map((m) => m.machine)).toEqual(there);
    expect(after.plan.moves.every((m) => m.why === "host esx-3 is no longer there")).toBe(true);
    expect(after.mandatory).toEqual([]);
  });

  test("a third host beside two moves as many members as no majority asks for, not more", () => {
    const two = [host("esx-1", { deviceCount: 3 }), host("esx-2", { deviceCount: 3 })];
    const small = planned(site(two));
    const after = planned(site([...two, host("esx-3")]), small.plan);
    expect(after.plan.moves.map((m) => m.machine)).toEqual(["shop-etcd-b", "shop-etcd-c"]);
    expect(after.plan.moves[0]?.why).toBe("no host may hold a majority, no device two members");
    expect(most(after.hostsOf("etcd"))).toBe(1);
    expect(after.mandatory).toEqual([]);
  });

  test("members that share a device are separated by one move", () => {
    const placement = {
      a: { host: "esx-1", datastore: "esx-1-a" },
      b: { host: "esx-1", datastore: "esx-1-a" },
      c: { host: "esx-2" },
    };
    const unsafe = planned(site(threeHosts, { etcd: { placement } }));
    const after = planned(site(threeHosts), unsafe.plan);
    expect(after.plan.moves.filter((m) => m.machine.includes("etcd")).map((m) => m.machine)).toEqual(["shop-etcd-b"]);
    expect(after.mandatory).toEqual([]);
  });
});

describe("without an earlier plan", () => {
  test("a new worker changes no other address, and no other machine's place", () => {
    const after = planned(site(threeHosts, { workers: workers(5) }));
    expect(places(after)).toMatchObject(places(before));
  });

  test("two more members change no other address", () => {
    const address = (p: ReturnType<typeof planned>) =>
      Object.fromEntries(p.plan.machines.map((m) => [m.name, m.address]));
    expect(address(planned(site(threeHosts, { workers: workers(4), etcd: { members: 5 } })))).toMatchObject(
      address(before),
    );
  });
});
