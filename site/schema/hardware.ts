import { z } from "zod";
import { deviceId, domainName, gibibytes, hostName, inventoryName } from "./names";

/** How a device survives the loss of one disk below it. What a RAID controller hides is the owner's attestation. */
export const redundancySchema = z.enum(["none", "mirror", "raid5", "raid6", "raid10"]);

export const mediaSchema = z.enum(["nvme", "ssd", "hdd"]);

const deviceFields = {
  id: deviceId,
  media: mediaSchema.default("ssd"),
  redundancy: redundancySchema.default("none"),
  /** What machines may fill. Unknown = not checked. */
  capacityGiB: gibibytes.optional(),
};

/** A physical storage device, by its canonical id, and the datastores that lie on it. */
export const deviceSchema = z.strictObject({
  ...deviceFields,
  /** One datastore, or several (partitions of a redundant device). */
  datastore: inventoryName.optional(),
  datastores: z.array(inventoryName).min(1).max(64).optional(),
});

/** Storage that several hosts see: one failure domain of its own, whichever host a machine runs on. */
export const sharedStorageSchema = z.strictObject({
  ...deviceFields,
  kind: z.enum(["san", "vsan", "nfs"]),
  datastores: z.array(inventoryName).min(1).max(64),
  /** The hosts that see it. Default: all. */
  hosts: z.array(hostName).min(1).optional(),
});

export const hostSchema = z.strictObject({
  name: hostName,
  /** Physical cores (or threads, if the owner counts those). */
  cpus: z.number().int().positive().max(4096),
  /** Clock of one of them; turns CPU reservations into MHz. */
  cpuMHz: z.number().int().min(100).max(10_000).default(2000),
  memoryGiB: gibibytes,
  /** Memory the hypervisor itself keeps. Default: 4 GiB (ESXi's minimum to boot), or a quarter of a smaller host; 0 for existing servers. */
  hypervisorMemoryGiB: z.number().min(0).max(1024).optional(),
  /** Higher is more reliable; decides which host of two carries etcd. */
  reliability: z.number().int().min(0).max(10).default(1),
  /** Error-correcting memory. */
  ecc: z.boolean().optional(),
  /** One power supply or two. */
  power: z.enum(["single", "dual"]).optional(),
  rack: domainName.optional(),
  room: domainName.optional(),
  /** The power feed that keeps the host up; leave it out for a host on two feeds. */
  feed: domainName.optional(),
  devices: z.array(deviceSchema).max(256).default([]),
});
