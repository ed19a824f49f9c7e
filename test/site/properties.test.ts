import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { conflictFinding } from "../../site/conflict";
import { singleFailures } from "../../site/failures";
import { parseSite } from "../../site/parse";
import { planSite } from "../../site/plan";
import { rankOf } from "../../site/rank";
import type { SiteInput } from "../../site/spec";
import { sites } from "./generate";
import { most, planned } from "./planning";
import { host } from "./sites";

vi.setConfig({ testTimeout: 600_000 });

const runs = (numRuns: number) => ({ numRuns, seed: 42 });

describe("for any site", () => {
  test("every machine has a place, an address of its own, and a pod range of its own", () => {
    fc.assert(
      fc.property(sites({ hosts: { min: 1, max: 40 } }), (input) => {
        const { plan } = planned(input);
        const all = plan.machines;
        expect(new Set(all.map((m) => m.address)).size).toBe(all.length);
        expect(new Set(all.map((m) => m.name)).size).toBe(all.length);
        const pods = all.flatMap((m) => m.podCidr ?? []);
        expect(new Set(pods).size).toBe(pods.length);
        const hosts = new Map(input.hosts.map((h) => [h.name, h]));
        for (const m of all) {
          const stores = [...(hosts.get(m.host)?.devices ?? []), ...(input.sharedStorage ?? [])].flatMap(
            (d) => d.datastores ?? [],
          );
          for (const d of m.disks) expect(stores).toContain(d.datastore);
        }
      }),
      runs(1000),
    );
  });

  test("the same input gives the same bytes, and the order of hosts and devices in the file counts for nothing", () => {
    fc.assert(
      fc.property(sites({ hosts: { min: 1, max: 12 } }), (input) => {
        const bytes = (i: SiteInput) => JSON.stringify({ ...planSite(parseSite(i)), spec: undefined });
        expect(bytes(input)).toBe(bytes(structuredClone(input)));
        const turned = {
          ...input,
          hosts: [...input.hosts].reverse().map((h) => ({ ...h, devices: [...(h.devices ?? [])].reverse() })),
        };
        expect(bytes(turned)).toBe(bytes(input));
      }),
      runs(200),
    );
  });

  test("a plan breaks no mandatory rule, or says why none exists", () => {
    let broken = 0;
    fc.assert(
      fc.property(sites({ hosts: { min: 1, max: 8 } }), (input) => {
        const { plan, mandatory } = planned(input);
        if (mandatory.length === 0) return;
        broken++;
        expect(mandatory.every((f) => f.path && f.message && f.fix)).toBe(true);
        expect(conflictFinding(plan.spec)?.message).toMatch(/^no layout keeps all of: ./);
      }),
      runs(150),
    );
    expect(broken).toBeGreaterThan(10);
  });

  test("what the proof says is lost equals what is left after taking it away", () => {
    fc.assert(
      fc.property(sites({ hosts: { min: 1, max: 10 } }), (input) => {
        const { plan, facts } = planned(input);
        const hostOf = new Map(input.hosts.map((h) => [h.name, h]));
        for (const failure of singleFailures(facts)) {
          const gone = plan.machines.filter((m) => {
            const on = hostOf.get(m.host);
            if (failure.kind === "machine" || failure.kind === "load-balancer") return m.name === failure.id;
            if (failure.kind === "device") return m.disks.some((d) => d.device === failure.id);
            if (failure.kind === "datastore") return m.disks.some((d) => d.datastore === failure.id);
            if (failure.kind === "host") return m.host === failure.id;
            if (failure.kind === "network") return true;
            return on?.[failure.kind] === failure.id;
          });
          const left = plan.machines.filter((m) => !gone.includes(m));
          const count = (role: string, among = left) => among.filter((m) => m.role === role).length;
          const quorum = count("etcd") > count("etcd", plan.machines) / 2;
          expect(failure.etcdQuorum).toBe(quorum);
          expect(failure.workersLeft).toBe(count("worker"));
          expect(failure.apiReachable).toBe(quorum && count("control-plane") > 0 && count("load-balancer") > 0);
          if (failure.dataLost) expect(quorum).toBe(false);
        }
      }),
      runs(150),
    );
  });
});

describe("for small sites, compared with every possible arrangement", () => {
  /** Whether the members fit onto hosts and devices of which none holds more than one. */
  function arrangementExists(input: SiteInput, members: number): boolean {
    const accept = input.etcd?.acceptMagneticDisks ?? false;
    const fit = (d: { media?: string; capacityGiB?: number }) =>
      (accept || d.media !== "hdd") && (d.capacityGiB ?? 1e9) >= 20;
    const able = input.hosts
      .filter((h) => h.memoryGiB - Math.min(4, h.memoryGiB / 4) >= 8 && h.cpus * 3 >= 2)
      .map((h) => [...(h.devices ?? []), ...(input.sharedStorage ?? [])].filter(fit).map((d) => d.id));
    const each = (i: number, left: number, used: ReadonlySet<string>): boolean =>
      left === 0 ||
      (i < able.length &&
        (each(i + 1, left, used) ||
          (able[i] ?? []).some((id) => !used.has(id) && each(i + 1, left - 1, new Set([...used, id])))));
    return each(0, members, new Set());
  }

  /** Room for all other machines, so that members are where they are for their own sake only. */
  function withRoom(h: SiteInput["hosts"][number]): SiteInput["hosts"][number] {
    const devices = (h.devices ?? []).map((d) => ({
      ...d,
      ...(d.capacityGiB && d.capacityGiB >= 20 && { capacityGiB: d.capacityGiB + 300 }),
    }));
    return { ...h, cpus: h.cpus + 16, memoryGiB: h.memoryGiB + 64, devices };
  }

  test("no host and no device holds two members when an arrangement without exists", () => {
    let compared = 0;
    fc.assert(
      fc.property(sites({ hosts: { min: 3, max: 6 } }), (generated) => {
        const input = {
          ...generated,
          workers: [],
          hosts: generated.hosts.map((h) => ({ ...withRoom(h), room: undefined, rack: undefined, feed: undefined })),
        };
        const { plan, hostsOf } = planned(input);
        if (!arrangementExists(input, plan.etcd.members.length)) return;
        compared++;
        expect(most(hostsOf("etcd"))).toBe(1);
        const devices = plan.machines.filter((m) => m.role === "etcd").map((m) => m.disks[1]?.device ?? "");
        expect(most(devices)).toBe(1);
      }),
      runs(400),
    );
    expect(compared).toBeGreaterThan(80);
  });

  test("no host, rack, room or feed has a majority when an arrangement without exists", () => {
    fc.assert(
      fc.property(sites({ hosts: { min: 3, max: 6 }, roomy: true }), (generated) => {
        const input = { ...generated, etcd: { members: 3 }, workers: [] };
        const { hostsOf } = planned(input);
        const domain = (level: "rack" | "room" | "feed", name: string) =>
          input.hosts.find((h) => h.name === name)?.[level] ?? name;
        const worst = (hosts: string[], level: "rack" | "room" | "feed") => most(hosts.map((h) => domain(level, h)));
        const names = input.hosts.map((h) => h.name);
        const triples = names.flatMap((a, i) =>
          names.slice(i + 1).flatMap((b, j) => names.slice(i + j + 2).map((c) => [a, b, c])),
        );
        expect(most(hostsOf("etcd"))).toBe(1);
        let possible = triples;
        for (const level of ["room", "feed", "rack"] as const) {
          const better = possible.filter((t) => worst(t, level) < 2);
          if (better.length === 0) continue;
          expect(worst(hostsOf("etcd"), level)).toBe(1);
          possible = better;
        }
      }),
      runs(500),
    );
  });
});

describe("adding capacity", () => {
  const grown: [string, (input: SiteInput) => SiteInput][] = [
    ["memory", (i) => ({ ...i, hosts: i.hosts.map((h) => ({ ...h, memoryGiB: h.memoryGiB + 64 })) })],
    ["CPUs", (i) => ({ ...i, hosts: i.hosts.map((h) => ({ ...h, cpus: h.cpus + 16 })) })],
    [
      "a device in every host",
      (i) => ({
        ...i,
        hosts: i.hosts.map((h) => ({
          ...h,
          devices: [...(h.devices ?? []), { id: `naa.new.${h.name}`, datastore: `new-${h.name}` }],
        })),
      }),
    ],
    ["a worker", (i) => ({ ...i, workers: (i.workers ?? []).map((w) => ({ ...w, count: w.count + 1 })) })],
    [
      "a host",
      (i) => ({
        ...i,
        hosts: [
          ...i.hosts,
          {
            ...host("h99", { deviceCount: 3, cpus: 64, memoryGiB: 512, reliability: 3 }),
            rack: i.hosts[0]?.rack && "r99",
            room: i.hosts[0]?.room && "m99",
            feed: i.hosts[0]?.feed && "f99",
          },
        ],
      }),
    ],
  ];
  test.each(grown)("%s never moves a member, nor lowers the rank", (what, grow) => {
    fc.assert(
      fc.property(sites({ hosts: { min: 3, max: 8 }, roomy: true }), (input) => {
        const before = planned(input);
        const after = planned(grow(input), before.plan);
        expect(after.plan.moves).toEqual([]);
        const [a, b] = [rankOf(before.facts), rankOf(after.facts)];
        if (what !== "a worker") expect(b.rung).toBeGreaterThanOrEqual(a.rung);
        const address = new Map(after.plan.machines.map((m) => [m.name, m.address + m.podCidr]));
        for (const m of before.plan.machines) expect(address.get(m.name)).toBe(m.address + m.podCidr);
      }),
      runs(150),
    );
  });
});
