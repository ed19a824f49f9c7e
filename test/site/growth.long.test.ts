import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { DOMAIN_KINDS } from "../../site/description/failureDomains";
import type { SiteInput } from "../../site/description/spec";
import { rankOf } from "../../site/judge/rank";
import { type Planned, planned } from "../support/planning";
import { sought } from "../support/searches";
import { host } from "../support/sites";
import { sites } from "./generate";

vi.setConfig({ testTimeout: 600_000 });

type Grow = (input: SiteInput) => SiteInput;

const better = { deviceCount: 3, cpus: 64, memoryGiB: 512, reliability: 3 };
const more = (change: (h: SiteInput["hosts"][number]) => Partial<SiteInput["hosts"][number]>): Grow => {
  return (input) => ({ ...input, hosts: input.hosts.map((h) => ({ ...h, ...change(h) })) });
};

const capacity: [string, Grow][] = [
  ["memory", more((h) => ({ memoryGiB: h.memoryGiB + 64 }))],
  ["CPUs", more((h) => ({ cpus: h.cpus + 16 }))],
  [
    "a device in every host",
    more((h) => ({ devices: [...(h.devices ?? []), { id: `dev.new.${h.name}`, datastore: `new-${h.name}` }] })),
  ],
  [
    "a host",
    (input) => ({
      ...input,
      hosts: [
        ...input.hosts,
        {
          ...host("h99", better),
          ...Object.fromEntries(DOMAIN_KINDS.map((kind) => [kind, input.hosts[0]?.[kind] && `${kind}-99`])),
        },
      ],
    }),
  ],
];

const worker: [string, Grow] = [
  "a worker",
  (input) => ({ ...input, workers: (input.workers ?? []).map((w) => ({ ...w, count: w.count + 1 })) }),
];

const members = ({ plan }: Planned) => plan.moves.filter((m) => m.machine.includes("-etcd-"));
const addresses = ({ plan }: Planned) => new Map(plan.machines.map((m) => [m.name, `${m.address} ${m.podCidr}`]));
const rung = (p: Planned) => [rankOf(p.facts).hosts, rankOf(p.facts).rung] as const;

describe.each(capacity)("adding %s", (_, grow) => {
  test("never moves a member of etcd, nor lowers the rank", () => {
    let compared = 0;
    fc.assert(
      fc.property(sites({ hosts: { min: 1, max: 12 } }), (input) => {
        const before = planned(input);
        const after = planned(grow(input), before.plan);
        // With a third host it becomes a rule that no host holds a majority; and what was unsafe is mended.
        const asked = before.mandatory.length > 0 || (input.hosts.length < 3 && after.facts.hosts.length >= 3);
        if (!asked) expect(members(after)).toEqual([]);
        if (!asked) compared++;
        if (before.mandatory.length > 0) return;
        const [[beforeHosts, beforeRung], [afterHosts, afterRung]] = [rung(before), rung(after)];
        expect(afterHosts).toBeGreaterThanOrEqual(beforeHosts);
        if (afterHosts === beforeHosts) expect(afterRung).toBeGreaterThanOrEqual(beforeRung);
      }),
      { numRuns: sought(350), seed: 42 },
    );
    expect(compared).toBeGreaterThan(sought(50));
  });
});

describe.each([...capacity, worker])("adding %s where there is room", (_, grow) => {
  test("moves nothing at all, and changes no address", () => {
    fc.assert(
      fc.property(sites({ hosts: { min: 3, max: 10 }, roomy: true }), (input) => {
        const before = planned(input);
        const after = planned(grow(input), before.plan);
        expect(after.plan.moves).toEqual([]);
        const now = addresses(after);
        for (const [name, address] of addresses(before)) expect(now.get(name)).toBe(address);
      }),
      { numRuns: sought(200), seed: 42 },
    );
  });
});

test("a third host beside two moves members only because no host may hold a majority then, and says so", () => {
  let asked = 0;
  fc.assert(
    fc.property(sites({ hosts: { min: 2, max: 2 }, roomy: true }), (input) => {
      const before = planned(input);
      const grown = { ...input, hosts: [...input.hosts, host("h99", better)] };
      const after = planned(grown, before.plan);
      if (before.mandatory.length > 0) return;
      for (const move of members(after)) {
        asked++;
        expect(move.why).toBe("no host may hold a majority, no device two members");
      }
      expect(after.mandatory).toEqual([]);
    }),
    { numRuns: sought(100), seed: 42 },
  );
  expect(asked).toBeGreaterThan(sought(30));
});
