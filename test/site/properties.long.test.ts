import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { DOMAIN_KINDS, type DomainKind } from "../../site/description/failureDomains";
import { parseSite } from "../../site/description/parse";
import type { SiteInput } from "../../site/description/spec";
import { singleFailures } from "../../site/judge/failures";
import { planSite } from "../../site/plan/plan";
import { most, planned } from "../support/planning";
import { sought } from "../support/searches";
import { sites } from "./generate";
import { Simulation } from "./simulation";

vi.setConfig({ testTimeout: 600_000 });

const runs = (cases: number) => ({ numRuns: sought(cases), seed: 42 });
/** Hosts 1 to 40 with mixed devices, racks, rooms, feeds, shared storage and capacities. */
const anySite = sites({ hosts: { min: 1, max: 40 } });

function twice(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return values.filter((v) => seen.has(v) || !seen.add(v));
}

describe("for any of thousands of sites", () => {
  test("a plan breaks no mandatory rule or says which one and what to do; places, addresses and pod ranges are each machine's own", () => {
    const seen = { sound: 0, broken: 0 };
    fc.assert(
      fc.property(anySite, (input) => {
        const { plan, mandatory } = planned(input);
        seen[mandatory.length === 0 ? "sound" : "broken"]++;
        expect(mandatory.filter((f) => !f.path || !f.message || !f.fix || !f.source)).toEqual([]);
        const { machines } = plan;
        expect(twice(machines.map((m) => m.address))).toEqual([]);
        expect(twice(machines.map((m) => m.name))).toEqual([]);
        expect(twice(machines.flatMap((m) => m.podCidr ?? []))).toEqual([]);
        const shared = input.sharedStorage ?? [];
        const visible = new Map(
          input.hosts.map((h) => [
            h.name,
            new Set([...(h.devices ?? []), ...shared].flatMap((d) => (d.datastores ?? []).map((s) => `${d.id} ${s}`))),
          ]),
        );
        const astray = machines.flatMap((m) =>
          m.disks
            .filter((d) => !visible.get(m.host)?.has(`${d.device} ${d.datastore}`))
            .map((d) => `${m.name} ${d.name}`),
        );
        expect(astray).toEqual([]);
      }),
      runs(2000),
    );
    expect(Math.min(seen.sound, seen.broken)).toBeGreaterThan(sought(200));
  });

  test("the same input gives the same bytes, and the order of hosts and devices in the file counts for nothing", () => {
    fc.assert(
      fc.property(anySite, (input) => {
        const bytes = (i: SiteInput) => JSON.stringify({ ...planSite(parseSite(i)), spec: undefined });
        const first = bytes(input);
        expect(bytes(structuredClone(input))).toBe(first);
        const turned = {
          ...input,
          hosts: [...input.hosts].reverse().map((h) => ({ ...h, devices: [...(h.devices ?? [])].reverse() })),
        };
        expect(bytes(turned)).toBe(first);
      }),
      runs(300),
    );
  });

  test("what the proof says is lost is what a simulation counts that takes it away", () => {
    let compared = 0;
    fc.assert(
      fc.property(anySite, (input) => {
        const { plan, facts } = planned(input);
        const simulation = new Simulation(input, plan);
        for (const { action, ...failure } of singleFailures(facts)) {
          compared++;
          const { kind, id, ...cost } = failure;
          const counted = simulation.without(failure);
          if (JSON.stringify(cost) !== JSON.stringify(counted))
            expect({ kind, id, ...cost }).toEqual({ kind, id, ...counted });
        }
      }),
      runs(400),
    );
    expect(compared).toBeGreaterThan(sought(30_000));
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
          hosts: generated.hosts.map((h) => ({
            ...withRoom(h),
            ...Object.fromEntries(DOMAIN_KINDS.map((kind) => [kind, undefined])),
          })),
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
    expect(compared).toBeGreaterThan(sought(80));
  });

  test("no host and no wider domain has a majority when an arrangement without exists", () => {
    fc.assert(
      fc.property(sites({ hosts: { min: 3, max: 6 }, roomy: true }), (generated) => {
        const input = { ...generated, etcd: { members: 3 }, workers: [] };
        const { hostsOf } = planned(input);
        const domain = (level: DomainKind, name: string) => input.hosts.find((h) => h.name === name)?.[level] ?? name;
        const worst = (hosts: string[], level: DomainKind) => most(hosts.map((h) => domain(level, h)));
        const names = input.hosts.map((h) => h.name);
        const triples = names.flatMap((a, i) =>
          names.slice(i + 1).flatMap((b, j) => names.slice(i + j + 2).map((c) => [a, b, c])),
        );
        expect(most(hostsOf("etcd"))).toBe(1);
        let possible = triples;
        for (const level of DOMAIN_KINDS) {
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
