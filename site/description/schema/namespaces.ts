import { z } from "zod";
import { namespaceGroupsSchema } from "./access";
import { gibibytes } from "./names";

const cpus = z.number().min(0.001).max(100_000);
const mebibytes = z.number().int().min(4).max(1_048_576);

const quotaSchema = z.strictObject({
  cpus: cpus.describe("CPUs that its pods may request together."),
  memoryGiB: gibibytes.describe("Memory that its pods may request together, in GiB."),
  pods: z.number().int().min(1).max(100_000).default(100).describe("Pods that it may have."),
  storageGiB: gibibytes.optional().describe("Storage that its volume claims may request together, in GiB."),
});

const limitRangeSchema = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether containers that say nothing get these."),
  cpus: cpus.default(0.1).describe("CPUs that such a container requests."),
  memoryMiB: mebibytes.default(128).describe("Memory that such a container requests, in MiB."),
  memoryLimitMiB: mebibytes.default(512).describe("Memory that such a container ends at, in MiB."),
});

/** The classes of the program, by how long their pods are kept in a shortage, the longest first. */
export const PRIORITIES = ["critical", "standard", "low"] as const;

export const namespaceSchema = z.strictObject({
  name: z
    .string()
    .max(63)
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "use lower-case letters, digits and hyphens")
    .describe("The name of the namespace."),
  podSecurity: z
    .enum(["restricted", "baseline", "privileged"])
    .default("restricted")
    .describe("The Pod Security Standard that its pods must meet; the rule namespace-pod-security refuses privileged."),
  quota: quotaSchema.optional().describe("What its pods may request together. Left out: as much as there is."),
  limitRange: limitRangeSchema.prefault({}).describe("What containers get that ask for nothing."),
  defaultDeny: z
    .boolean()
    .default(true)
    .describe(
      "Whether its pods reach the cluster's DNS only, and nobody reaches them, until a NetworkPolicy of yours allows more.",
    ),
  groups: namespaceGroupsSchema.prefault({}).describe("Who works in it: groups of access.oidc, by role."),
  priority: z
    .enum([...PRIORITIES, "any"])
    .default("standard")
    .describe(
      "The highest priority class that its pods may name: groundwork-critical, groundwork-standard (as without a class) or groundwork-low; any: every class that there is.",
    ),
});
