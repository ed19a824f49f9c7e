import { z } from "zod";
import { VERSION_OR_MINOR } from "../version";
import { kubernetesMinor, NEWEST_MINOR } from "../versions";
import { dnsName, hostOrAddress } from "./addresses";
import { cpus, machineCount, machineCpus, memoryGiB, placements, systemDisk } from "./machineFields";
import { gibibytes, hostName, inventoryName, sentence } from "./names";

const NEWEST = kubernetesMinor(NEWEST_MINOR);

const store = (role: string) => ({
  members: machineCount(9).default(3).describe(`Members of the ${role}: 3, 5 or 7.`),
  cpus: cpus(2),
  memoryGiB: memoryGiB(4),
  diskGiB: gibibytes.default(20).describe("The data disk of each, in GiB."),
  systemDiskGiB: systemDisk(10),
});

/** A store for events of its own keeps event storms away from the cluster's state at large sites (L9). */
export const eventsSchema = z.strictObject(store("store for events"));

/**
 * A store for a network add-on that needs etcd (L9). It has an authority of its own: who may read it may not read the
 * cluster's state. What the add-on needs to reach it is the secret `groundwork-network-store` in kube-system.
 */
export const networkStoreSchema = z.strictObject(store("network add-on's store"));

export const etcdSchema = z.strictObject({
  version: z
    .string()
    .regex(VERSION_OR_MINOR, "use major.minor or major.minor.patch, for example 3.6")
    .optional()
    .describe(
      `etcd's version, major.minor with or without the patch; the template must hold it. Left out: what goes with Kubernetes' version, ${NEWEST.etcd} for ${NEWEST_MINOR}.`,
    ),
  members: machineCount(9)
    .optional()
    .describe("An odd number: 3, 5 or 7. Left out: 5 where five hosts can each carry one, else 3."),
  cpus: machineCpus
    .optional()
    .describe("Virtual CPUs of each. Left out: 2, 4 above 50 nodes, 8 above 250, 16 above 1,000."),
  memoryGiB: gibibytes
    .optional()
    .describe("Memory of each, in GiB. Left out: 8, 16 above 50 nodes, 32 above 250, 64 above 1,000."),
  diskGiB: gibibytes
    .optional()
    .describe("The data disk of each, in GiB; at least 8. Left out: 20, 40 above 250 nodes, 80 above 1,000."),
  systemDiskGiB: systemDisk(10),
  acceptMagneticDisks: z
    .boolean()
    .default(false)
    .describe("Accept magnetic disks below etcd, by name: every write waits for them."),
  veryLargeSite: z
    .boolean()
    .default(false)
    .describe("Say that the site is a very large one, with more than 7 members."),
  placement: placements,
  events: eventsSchema.optional().describe("A store of its own for events, for large sites; placed by the same rules."),
  networkStore: networkStoreSchema
    .optional()
    .describe(
      "A store for a network add-on that needs etcd (podNetwork.kind manifest); placed by the same rules, with an authority of its own. The add-on finds endpoints, certificate and key in the secret kube-system/groundwork-network-store.",
    ),
  heartbeatMs: z
    .number()
    .int()
    .min(10)
    .max(5000)
    .optional()
    .describe("Heartbeat in ms. Left out: the largest round trip between members, at least 100."),
  electionMs: z
    .number()
    .int()
    .min(100)
    .max(50_000)
    .optional()
    .describe("Election timeout in ms. Left out: ten heartbeats."),
  quotaGiB: z
    .number()
    .min(1)
    .max(8)
    .optional()
    .describe("Largest size of the data in GiB. Left out: 2, 4 above 250 nodes, 8 above 1,000."),
  fsyncMs: z
    .number()
    .positive()
    .max(1000)
    .optional()
    .describe(
      "Milliseconds within which 99 of 100 writes to a member's disk have to be on it, when it is new and ever after. Left out: 10, as etcd's guide asks.",
    ),
});

export const controlPlaneSchema = z.strictObject({
  count: machineCount(9)
    .optional()
    .describe("How many. Left out: 2; 1 on a single host whose memory does not allow two."),
  cpus: machineCpus
    .optional()
    .describe("Virtual CPUs of each. Left out: 2, 4 above 50 nodes, 8 above 250, 16 above 1,000."),
  memoryGiB: gibibytes
    .optional()
    .describe("Memory of each, in GiB. Left out: 8, 16 above 50 nodes, 32 above 250, 64 above 1,000."),
  diskGiB: systemDisk(40),
  placement: placements,
});

const port = z.number().int().min(1).max(65535).default(6443).describe("Its TCP port.");

export const loadBalancerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("haproxy").describe("Machines of the site with HAProxy and keepalived, and a virtual address."),
    count: machineCount(9).optional().describe("How many. Left out: 2, or as many existing servers as are listed."),
    cpus: cpus(1),
    memoryGiB: memoryGiB(2),
    diskGiB: systemDisk(10),
    placement: placements,
  }),
  /** A load balancer that somebody else runs; it must forward TCP to every control plane's 6443. */
  z.strictObject({
    kind: z.literal("external").describe("Somebody else's; it must forward TCP to every control plane's port 6443."),
    endpoint: hostOrAddress.describe("Where clients reach it: a host name or an address."),
    port,
  }),
  /** A name with one A record for each control plane (L12). */
  z.strictObject({
    kind: z.literal("dns").describe("A name with one A record for each control plane, which notices no dead one."),
    endpoint: dnsName.describe("The name that clients use."),
    port,
  }),
]);

/** What must keep running after the loss of any one host (L11). */
export const workloadSchema = z.strictObject({
  cpus: z.number().positive().max(1_000_000).describe("CPUs of all pods that must keep running."),
  memoryGiB: gibibytes.describe("Memory of all pods that must keep running, in GiB."),
});

const reservation = (whose: string) =>
  z
    .strictObject({
      cpu: z.number().min(0).max(1).default(0.5).describe("Share of the CPUs, 0 to 1."),
      memory: z.number().min(0).max(1).default(1).describe("Share of the memory, 0 to 1."),
    })
    .prefault({})
    .describe(`What the hypervisor reserves for ${whose}.`);

/** How much of a machine's size the hypervisor keeps free for it, 0 to 1 (L10). */
export const reservationsSchema = z.strictObject({
  etcd: reservation("members of etcd and of the other stores"),
  controlPlanes: reservation("control planes"),
});

export const capacitySchema = z.strictObject({
  cpuOvercommit: z
    .number()
    .min(1)
    .max(16)
    .default(3)
    .describe("Virtual CPUs for each physical one; up to 3 is commonly no problem on vSphere."),
});

/** A placement of one machine against the planner's choice, with the reason for whoever reads the plan. */
export const overrideSchema = z.strictObject({
  machine: z
    .string()
    .max(63)
    .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, "use a machine's name")
    .describe("The machine's full name."),
  host: hostName.optional().describe("The host it runs on."),
  datastore: inventoryName.optional().describe("Where its data disk lies (its only disk, for machines without one)."),
  reason: sentence.describe("Why, for whoever reads the plan."),
});
