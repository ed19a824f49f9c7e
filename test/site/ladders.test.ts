import { describe, expect, test } from "vitest";
import type { SiteInput } from "../../site/description/spec";
import { assess } from "../../site/judge/assessment";
import { ladders } from "../../site/judge/rank";
import { planned } from "../support/planning";
import { host, site } from "../support/sites";

/** A site that stands on a rung and on none above it, and what the report says the next one needs. */
type Step = [layout: string, site: SiteInput, next: RegExp | null];

const big = { memoryGiB: 160 };
const single = { etcd: { members: 1 }, controlPlanes: 1, loadBalancer: { kind: "haproxy" as const, count: 1 } };
const one = { controlPlanes: 1, loadBalancer: { kind: "haproxy" as const, count: 1 } };
const oneBalancer = { loadBalancer: { kind: "haproxy" as const, count: 1 } };
const pair = (first: Parameters<typeof host>[1], second = first) => [host("esx-1", first), host("esx-2", second)];
const hosts = (count: number, more: (i: number) => Parameters<typeof host>[1] = () => ({})) =>
  Array.from({ length: count }, (_, i) => host(`esx-${i + 1}`, more(i)));
const workers = (count: number) => [{ name: "general", count, cpus: 4, memoryGiB: 16 }];
const kept = { workers: workers(3), workload: { cpus: 6, memoryGiB: 24 } };
const raid = (name: string) => ({
  ...big,
  devices: [
    { id: `dev.${name}`, redundancy: "mirror" as const, datastores: ["a", "b", "c"].map((p) => `${name}-${p}`) },
  ],
});

const steps: Record<1 | 2 | 3, Step[]> = {
  1: [
    ["one of everything", site([host("box", { deviceCount: 1, ...big })], single), /three etcd members/],
    ["three etcd members", site([host("box", { deviceCount: 1, ...big })], one), /a device for each etcd member/],
    [
      "three etcd members on three devices, or on partitions of redundant storage",
      site([host("box", { deviceCount: 3, ...big })], one),
      /a second control plane, and memory for it/,
    ],
    [
      "two API servers, schedulers and controller managers",
      site([host("box", { deviceCount: 3, ...big })], oneBalancer),
      /a second load balancer/,
    ],
    [
      "control planes behind a redundant load balancer",
      site([host("box", { deviceCount: 3, ...big })]),
      /redundant storage, ECC memory and two power supplies/,
    ],
    [
      "redundant storage, ECC memory and dual power below etcd",
      site([host("box", { ...raid("box"), ecc: true, power: "dual" })]),
      null,
    ],
  ],
  2: [
    ["one of everything", site(pair({ deviceCount: 1 }), single), /three etcd members/],
    ["three etcd members", site(pair({ deviceCount: 1 }), one), /all members on the more reliable host/],
    [
      "all etcd members on the most reliable host, each on a device of its own",
      site(pair({ deviceCount: 3 }), one),
      /two control planes on different hosts/,
    ],
    [
      "control planes split over hosts",
      site(pair({ deviceCount: 3 }), oneBalancer),
      /two load balancers on different hosts/,
    ],
    ["load balancers split over hosts", site(pair({ deviceCount: 3 })), /a declared workload/],
    [
      "the workload survives the loss of any host",
      site(pair({ deviceCount: 3 }), { workers: workers(2), workload: { cpus: 3, memoryGiB: 12 } }),
      /redundant storage, ECC memory and two power supplies in etcd's host/,
    ],
    [
      "redundant storage, ECC memory and dual power below etcd",
      site([host("esx-1", { ...raid("esx-1"), ecc: true, power: "dual", reliability: 2 }), host("esx-2")], {
        workers: workers(2),
        workload: { cpus: 3, memoryGiB: 12 },
      }),
      null,
    ],
  ],
  3: [
    ["one of everything", site(hosts(3), single), /three etcd members/],
    [
      "three etcd members",
      site(
        [
          host("esx-1", { deviceCount: 3 }),
          ...hosts(3)
            .slice(1)
            .map((h) => ({ ...h, memoryGiB: 8 })),
        ],
        one,
      ),
      /etcd members on three hosts, each on a device of its own/,
    ],
    ["etcd over three hosts, no majority on any", site(hosts(3), one), /two control planes on different hosts/],
    ["control planes split over hosts", site(hosts(3), oneBalancer), /two load balancers on different hosts/],
    ["load balancers split over hosts", site(hosts(3)), /a declared workload/],
    ["the workload survives the loss of any host", site(hosts(3), kept), /five etcd members on five hosts/],
    [
      "five etcd members on five hosts: one in maintenance, one failed",
      site(hosts(5), kept),
      /hosts in three racks or rooms, named in the description/,
    ],
    [
      "the loss of any rack or room leaves a majority of etcd and an API server",
      site(
        hosts(6, (i) => ({ rack: `r${i % 3}` })),
        kept,
      ),
      null,
    ],
  ],
};

describe.each(ladders)(
  "the ladder for $title, least production worthy to better",
  ({ hosts: ladder, rungs, source }) => {
    test("is data with a source, and every rung of it is stepped on here", () => {
      expect(source).toMatch(/B: single, dual and triple host/);
      expect(steps[ladder].map(([layout]) => layout)).toEqual(rungs.map((rung) => rung.layout));
    });

    test.each(steps[ladder].map(([layout, input, next], i) => ({ rung: i + 1, layout, input, next })))(
      "rung $rung: $layout",
      ({ rung, layout, input, next }) => {
        const { rank } = assess(planned(input).plan);
        expect(rank).toMatchObject({ hosts: ladder, rung, of: rungs.length, layout });
        if (next === null) expect(rank.next).toBeNull();
        else expect(rank.next).toMatch(next);
      },
    );
  },
);

test("a rung that is reached but for one below it does not count", () => {
  const racksButNoWorkload = site(hosts(6, (i) => ({ rack: `r${i % 3}` })));
  expect(assess(planned(racksButNoWorkload).plan).rank).toMatchObject({ rung: 5 });
});
