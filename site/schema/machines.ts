import { z } from "zod";
import { dnsLabel, gibibytes, hostName, inventoryName, sentence } from "./names";

const cpus = z.number().int().positive().max(512);
const machineCount = (most: number) => z.number().int().min(1).max(most);

/** An owner's own choice for one machine; the rules judge it like every other. */
export const placementSchema = z.strictObject({
  host: hostName.optional(),
  /** Where its data disk lies (its only disk, for machines without one). */
  datastore: inventoryName.optional(),
});

/** By the machine's letter (`a`) or its full name. */
const placements = z.record(
  z.string().regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, "use a letter or a machine's name"),
  placementSchema,
);

/** A store for events of its own keeps event storms away from the cluster's state at large sites (L9). */
export const eventsSchema = z.strictObject({
  members: machineCount(9).default(3),
  cpus: cpus.default(2),
  memoryGiB: gibibytes.default(4),
  diskGiB: gibibytes.default(20),
  systemDiskGiB: gibibytes.default(10),
});

export const etcdSchema = z.strictObject({
  /** Default: 5 where five hosts can each carry one, else 3. */
  members: machineCount(9).optional(),
  cpus: cpus.default(2),
  memoryGiB: gibibytes.default(8),
  /** The data disk. */
  diskGiB: gibibytes.default(20),
  systemDiskGiB: gibibytes.default(10),
  /** Magnetic disks must be accepted by name (L2). */
  acceptMagneticDisks: z.boolean().default(false),
  /** A very large site may have more than seven members (L1). */
  veryLargeSite: z.boolean().default(false),
  placement: placements.default({}),
  /** A store of its own for events (L9). */
  events: eventsSchema.optional(),
  /** Defaults follow from `network.rttMs` (C3). */
  heartbeatMs: z.number().int().min(10).max(5000).optional(),
  electionMs: z.number().int().min(100).max(50_000).optional(),
  quotaGiB: z.number().min(1).max(8).optional(),
});

export const controlPlaneSchema = z.strictObject({
  /** Default: 2; 1 on a single host whose memory does not allow two (L4). */
  count: machineCount(9).optional(),
  cpus: cpus.default(2),
  memoryGiB: gibibytes.default(8),
  diskGiB: gibibytes.default(40),
  placement: placements.default({}),
});

export const loadBalancerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("haproxy"),
    count: machineCount(9).default(2),
    cpus: cpus.default(1),
    memoryGiB: gibibytes.default(2),
    diskGiB: gibibytes.default(10),
    placement: placements.default({}),
  }),
  /** A load balancer that somebody else runs; it must forward TCP to every control plane's 6443. */
  z.strictObject({
    kind: z.literal("external"),
    endpoint: z
      .string()
      .max(253)
      .regex(/^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$/, "use a host name or an address"),
    port: z.number().int().min(1).max(65535).default(6443),
  }),
  /** A name with one A record for each control plane (L12). */
  z.strictObject({
    kind: z.literal("dns"),
    endpoint: z
      .string()
      .max(253)
      .regex(/^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$/, "use a host name"),
    port: z.number().int().min(1).max(65535).default(6443),
  }),
]);

export const workerPoolSchema = z.strictObject({
  name: dnsLabel,
  count: z.number().int().min(0).max(5000),
  cpus,
  memoryGiB: gibibytes,
  diskGiB: gibibytes.default(60),
  placement: placements.default({}),
});

/** What must keep running after the loss of any one host (L11). */
export const workloadSchema = z.strictObject({
  cpus: z.number().positive().max(1_000_000),
  memoryGiB: gibibytes,
});

/** How much of a machine's size the hypervisor keeps free for it, 0 to 1 (L10). */
export const reservationsSchema = z.strictObject({
  etcd: z
    .strictObject({ cpu: z.number().min(0).max(1).default(0.5), memory: z.number().min(0).max(1).default(1) })
    .prefault({}),
  controlPlanes: z
    .strictObject({ cpu: z.number().min(0).max(1).default(0.5), memory: z.number().min(0).max(1).default(1) })
    .prefault({}),
});

export const capacitySchema = z.strictObject({
  /** Virtual CPUs for each physical one; up to 3 is commonly no problem on vSphere. */
  cpuOvercommit: z.number().min(1).max(16).default(3),
});

/** A placement of one machine against the planner's choice, with the reason for whoever reads the plan. */
export const overrideSchema = z.strictObject({
  machine: z
    .string()
    .max(63)
    .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, "use a machine's name"),
  host: hostName.optional(),
  datastore: inventoryName.optional(),
  reason: sentence,
});
