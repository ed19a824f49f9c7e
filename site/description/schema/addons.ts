import { z } from "zod";
import { gatewayApiSchema } from "./gatewayApi";
import { monitoringSchema } from "./monitoring";

/** Moves pods to where the scheduler would put them now: it never does that by itself (W2). */
const deschedulerSchema = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether pods are moved; only where there are two workers or more."),
  intervalSeconds: z
    .number()
    .int()
    .min(10)
    .max(86_400)
    .default(30)
    .describe("Seconds between two looks at where pods are."),
  evictionsPerNode: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe("How many pods of one node are evicted at one look, at most."),
  lowUtilization: z
    .number()
    .int()
    .min(1)
    .max(50)
    .default(20)
    .describe("Percent of CPU, memory and pods below which a node counts as idle, so that others' pods may go there."),
  highUtilization: z
    .number()
    .int()
    .min(51)
    .max(100)
    .default(60)
    .describe("Percent of CPU, memory or pods above which a node gives pods away to idle ones."),
});

/** Volumes on disks of the workers' own (W3). */
const localVolumesSchema = z.strictObject({
  reclaimPolicy: z
    .enum(["Retain", "Delete"])
    .default("Retain")
    .describe(
      "What becomes of a volume whose claim is deleted: Retain keeps it, with its data, until somebody lets go of it; Delete empties it at once.",
    ),
});

export const addonsSchema = z.strictObject({
  descheduler: deschedulerSchema.prefault({}).describe("Workloads are spread again after a host is back (W2)."),
  monitoring: monitoringSchema
    .optional()
    .describe("Metrics of the site, and alerts from what its plan promises (O1). Left out: nothing is watched."),
  localVolumes: localVolumesSchema
    .optional()
    .describe(
      "Claims get volumes on disks of the workers, workers[].volumesGiB (W3). Left out: a claim waits for a storage that you bring.",
    ),
  gatewayApi: gatewayApiSchema
    .optional()
    .describe(
      "Gateways and routes of the Gateway API are answered for, with certificates from the site's own authority. Left out: what the cluster serves is reached as you arrange it; see docs/gateway.md.",
    ),
});
