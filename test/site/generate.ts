import fc from "fast-check";
import { DOMAIN_KINDS, type DomainKind } from "../../site/description/failureDomains";
import type { SiteInput } from "../../site/description/spec";
import { site } from "../support/sites";

type HostInput = SiteInput["hosts"][number];

const device = fc.record({
  media: fc.constantFrom("nvme" as const, "ssd" as const, "ssd" as const, "hdd" as const),
  redundancy: fc.constantFrom("none" as const, "none" as const, "mirror" as const, "raid6" as const),
  capacityGiB: fc.option(fc.integer({ min: 20, max: 2000 }), { nil: undefined }),
  partitions: fc.integer({ min: 1, max: 3 }),
});

const hostShape = fc.record({
  cpus: fc.integer({ min: 2, max: 64 }),
  memoryGiB: fc.integer({ min: 8, max: 512 }),
  reliability: fc.integer({ min: 0, max: 3 }),
  ecc: fc.option(fc.boolean(), { nil: undefined }),
  power: fc.option(fc.constantFrom("single" as const, "dual" as const), { nil: undefined }),
  devices: fc.array(device, { minLength: 1, maxLength: 4 }),
  place: fc.integer({ min: 0, max: 5 }),
});

export interface Shape {
  hosts: { min: number; max: number };
  /** Without devices and sizes that make a layout impossible. */
  roomy?: boolean;
}

/** How many domains of a kind there are at most: fewer of the wider ones. */
const domains = Object.fromEntries(DOMAIN_KINDS.map((kind, i) => [kind, [3, 2, 6][i] ?? 4])) as Record<
  DomainKind,
  number
>;

/** Sites of random hosts, devices, failure domains, shared storage and machines. */
export function sites({ hosts, roomy = false }: Shape): fc.Arbitrary<SiteInput> {
  return fc
    .record({
      shapes: fc.array(hostShape, { minLength: hosts.min, maxLength: hosts.max }),
      named: fc.subarray(DOMAIN_KINDS),
      members: fc.constantFrom(undefined, 3, 3, 5, 7),
      planes: fc.constantFrom(undefined, 2, 3),
      workers: fc.integer({ min: 0, max: 12 }),
      san: fc.option(
        fc.record({
          redundancy: fc.constantFrom("none" as const, "raid6" as const),
          stores: fc.integer({ min: 1, max: 4 }),
        }),
        { nil: undefined },
      ),
      accept: fc.boolean(),
      events: fc.boolean(),
    })
    .map(({ shapes, named, members, planes, workers, san, accept, events }) => {
      const inventory = shapes.map((shape, i): HostInput => {
        const name = `h${i + 1}`;
        const devices = shape.devices.map((d, j) => ({
          id: `dev.${name}.${j}`,
          media: roomy ? ("ssd" as const) : d.media,
          redundancy: d.redundancy,
          capacityGiB: roomy ? undefined : d.capacityGiB,
          datastores: Array.from({ length: d.partitions }, (_, k) => `${name}-${j}-${k}`),
        }));
        const { cpus, memoryGiB, reliability, ecc, power, place } = shape;
        return {
          name,
          cpus: roomy ? 64 : cpus,
          memoryGiB: roomy ? 512 : memoryGiB,
          reliability,
          ecc,
          power,
          devices,
          ...Object.fromEntries(named.map((kind) => [kind, `${kind}-${place % domains[kind]}`])),
        };
      });
      return site(inventory, {
        etcd: { ...(members && { members }), acceptMagneticDisks: accept, ...(events && { events: {} }) },
        controlPlanes: { ...(planes && { count: planes }) },
        workers: [{ name: "general", count: workers, cpus: 4, memoryGiB: 16 }],
        ...(san && {
          sharedStorage: [
            {
              kind: "san",
              id: "naa.fa0",
              redundancy: san.redundancy,
              datastores: Array.from({ length: san.stores }, (_, i) => `san-${i}`),
            },
          ],
        }),
      });
    });
}

const smallDevice = fc.record({
  media: fc.constantFrom("ssd" as const, "ssd" as const, "ssd" as const, "hdd" as const),
  redundancy: fc.constantFrom("none" as const, "none" as const, "mirror" as const),
  capacityGiB: fc.constantFrom(undefined, undefined, undefined, 5, 60),
  partitions: fc.integer({ min: 1, max: 3 }),
});

const smallHost = fc.record({
  cpus: fc.integer({ min: 2, max: 12 }),
  memoryGiB: fc.integer({ min: 8, max: 80 }),
  devices: fc.array(smallDevice, { minLength: 1, maxLength: 3 }),
});

/** Small sites whose hosts are nearly full, or too small: about one in ten has a layout. */
export const tightSites: fc.Arbitrary<SiteInput> = fc
  .record({
    shapes: fc.array(smallHost, { minLength: 1, maxLength: 3 }),
    workers: fc.integer({ min: 0, max: 3 }),
    workload: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
    planes: fc.constantFrom(undefined, 2, 3),
    events: fc.constantFrom(false, false, false, true),
    acceptMagneticDisks: fc.boolean(),
    external: fc.boolean(),
  })
  .map(({ shapes, workers, workload, planes, events, acceptMagneticDisks, external }) => {
    const inventory = shapes.map(({ cpus, memoryGiB, devices }, i): HostInput => {
      const name = `h${i + 1}`;
      return {
        name,
        cpus,
        memoryGiB,
        devices: devices.map(({ partitions, ...device }, j) => ({
          ...device,
          id: `dev.${name}.${j}`,
          datastores: Array.from({ length: partitions }, (_, k) => `${name}-${j}-${k}`),
        })),
      };
    });
    return site(inventory, {
      etcd: { acceptMagneticDisks, ...(events && { events: {} }) },
      workers: [{ name: "general", count: workers, cpus: 4, memoryGiB: 16 }],
      ...(planes && { controlPlanes: planes }),
      ...(workload && { workload: { cpus: workload, memoryGiB: 4 } }),
      ...(external && { loadBalancer: { kind: "external", endpoint: "lb.example" } }),
    });
  });
