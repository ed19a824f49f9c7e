import { z } from "zod";
import { gibibytes, hostName, inventoryName } from "./names";

export const machineCpus = z.number().int().positive().max(512);
export const machineCount = (most: number) => z.number().int().min(1).max(most);
export const cpus = (usual: number) => machineCpus.default(usual).describe("Virtual CPUs of each.");
export const memoryGiB = (usual: number) => gibibytes.default(usual).describe("Memory of each, in GiB.");
export const systemDisk = (usual: number) => gibibytes.default(usual).describe("The system disk of each, in GiB.");

/** An owner's own choice for one machine; the rules judge it like every other. */
export const placementSchema = z.strictObject({
  host: hostName.optional().describe("The host it runs on."),
  datastore: inventoryName
    .optional()
    .describe("Where its data disk lies (its only disk, for machines without a data disk)."),
});

/** By the machine's letter (`a`) or its full name. */
export const placements = z
  .record(
    z.string().regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, "use a letter or a machine's name"),
    placementSchema.describe("Your own choice for this machine; the rules judge it like every other."),
  )
  .default({})
  .describe("Your own choices against the planner's, by a machine's letter (a, b, …) or full name.");
