import { z } from "zod";
import { machineCpus, placements, systemDisk } from "./machineFields";
import { dnsLabel, gibibytes } from "./names";

const labelValue = z
  .string()
  .max(63)
  .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/, "use letters, digits, hyphens, dots and underscores");

const taintSchema = z.strictObject({
  key: z.string().max(317).describe("Its key, with or without a prefix: example.com/dedicated."),
  value: labelValue.optional().describe("Its value. Left out: empty."),
  effect: z
    .enum(["NoSchedule", "PreferNoSchedule", "NoExecute"])
    .describe("What becomes of pods that do not tolerate it: NoExecute ends those that run, too."),
});

const workerCount = z.number().int().min(0).max(5000);

/** Bounds of the counts that are proposed for a pool. */
const scaleSchema = z.strictObject({
  minimum: workerCount.describe("The fewest machines that are proposed for it."),
  maximum: workerCount.describe(
    "The most machines that are proposed for it; addresses, and the sizes of etcd and control planes, are for so many.",
  ),
});

export const workerPoolSchema = z.strictObject({
  name: dnsLabel.describe("The pool's name; its machines are <site>-<pool>-a, -b and so on."),
  count: workerCount.describe("How many machines it has."),
  scale: scaleSchema
    .optional()
    .describe(
      "Bounds within which `groundwork scale` proposes a count, by what pods ask for and use. Left out: it proposes none.",
    ),
  cpus: machineCpus.describe("Virtual CPUs of each."),
  memoryGiB: gibibytes.describe("Memory of each, in GiB."),
  diskGiB: systemDisk(60),
  volumesGiB: gibibytes
    .min(1)
    .optional()
    .describe(
      "A further disk of each, for the volumes of claims (addons.localVolumes, or a provisioner of your own), in GiB; never on a device of etcd's. Left out: none.",
    ),
  placement: placements,
  labels: z
    .record(z.string().max(317), labelValue.describe("The label's value."))
    .optional()
    .describe("Labels of its nodes, beside those of their failure domains; changed while they run, too."),
  taints: z
    .array(taintSchema.describe("A taint."))
    .max(50)
    .optional()
    .describe("Taints of its nodes: only pods that tolerate them are scheduled there. Changed while they run, too."),
  kubelet: z
    .record(z.string(), z.json().describe("A field of KubeletConfiguration."))
    .optional()
    .describe("Fields merged over the KubeletConfiguration of its nodes, after kubernetes.kubelet."),
});
