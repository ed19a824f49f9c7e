import { z } from "zod";
import { type DomainKind, FAILURE_DOMAINS, NARROW_FIRST } from "../failureDomains";
import { deviceId, domainName, gibibytes, hostName, inventoryName } from "./names";

/** How a device survives the loss of one disk below it. What a RAID controller hides is the owner's attestation. */
export const redundancySchema = z.enum(["none", "mirror", "raid5", "raid6", "raid10"]);

export const mediaSchema = z.enum(["nvme", "ssd", "hdd"]);

const deviceFields = {
  id: deviceId.describe(
    "The canonical disk name: naa.…, t10.…, eui.…, a WWN or a path below /dev/disk; naa. and a word will do to plan with before the hardware is there. One device, one failure.",
  ),
  media: mediaSchema
    .default("ssd")
    .describe("What it is: nvme, ssd or hdd. etcd takes no hdd unless etcd.acceptMagneticDisks says so."),
  redundancy: redundancySchema
    .default("none")
    .describe(
      "How it survives the loss of a disk below it: your own attestation of what a RAID controller or array hides.",
    ),
  capacityGiB: gibibytes.optional().describe("What machines may fill, in GiB. Left out: not checked."),
};

/** A physical storage device, by its canonical id, and the datastores that lie on it. */
export const deviceSchema = z.strictObject({
  ...deviceFields,
  datastore: inventoryName.optional().describe("The one datastore on it."),
  datastores: z
    .array(inventoryName)
    .min(1)
    .max(64)
    .optional()
    .describe("Several datastores on it: partitions, worth separate devices where the device is redundant."),
});

/** Storage that several hosts see: one failure domain of its own, whichever host a machine runs on. */
export const sharedStorageSchema = z.strictObject({
  ...deviceFields,
  kind: z.enum(["san", "vsan", "nfs"]).describe("How hosts reach it."),
  datastores: z.array(inventoryName).min(1).max(64).describe("The datastores on it."),
  hosts: z.array(hostName).min(1).optional().describe("The hosts that see it. Left out: all."),
});

/** A field for each kind of failure domain that a host may lie in. */
const domainFields = Object.fromEntries(
  NARROW_FIRST.map((kind) => [kind, domainName.optional().describe(FAILURE_DOMAINS[kind].field)]),
) as Record<DomainKind, z.ZodOptional<typeof domainName>>;

export const hostSchema = z.strictObject({
  name: hostName.describe("The host's name in vCenter's inventory, or any name for existing servers."),
  cpus: z.number().int().positive().max(4096).describe("Physical cores (or threads, if you count those)."),
  cpuMHz: z
    .number()
    .int()
    .min(100)
    .max(10_000)
    .default(2000)
    .describe("Clock of one core; turns CPU reservations into MHz."),
  memoryGiB: gibibytes.describe("Physical memory in GiB."),
  hypervisorMemoryGiB: z
    .number()
    .min(0)
    .max(1024)
    .optional()
    .describe(
      "Memory the hypervisor itself keeps, in GiB. Left out: 4 (ESXi's minimum to boot), or a quarter of a smaller host; 0 for existing servers.",
    ),
  reliability: z
    .number()
    .int()
    .min(0)
    .max(10)
    .default(1)
    .describe("Higher is more reliable; decides which host of two carries etcd."),
  ecc: z.boolean().optional().describe("Whether its memory corrects errors (ECC)."),
  power: z.enum(["single", "dual"]).optional().describe("One power supply or two."),
  template: inventoryName
    .optional()
    .describe(
      "A copy of hypervisor.template that this host sees: machines on it are cloned from there. Left out: from hypervisor.template itself.",
    ),
  ...domainFields,
  devices: z.array(deviceSchema).max(256).default([]).describe("Its local storage devices."),
});
