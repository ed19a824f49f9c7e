import { z } from "zod";
import { accessSchema } from "./schema/access";
import { addonsSchema } from "./schema/addons";
import { backupSchema } from "./schema/backup";
import { contactSchema } from "./schema/contacts";
import { gitopsSchema } from "./schema/gitops";
import {
  type deviceSchema,
  hostSchema,
  type mediaSchema,
  type redundancySchema,
  sharedStorageSchema,
} from "./schema/hardware";
import { existingMachineSchema, hypervisorSchema, type roleSchema } from "./schema/hypervisor";
import {
  capacitySchema,
  controlPlaneSchema,
  etcdSchema,
  loadBalancerSchema,
  overrideSchema,
  reservationsSchema,
  workloadSchema,
} from "./schema/machines";
import type { monitoringSchema } from "./schema/monitoring";
import { dnsLabel } from "./schema/names";
import { namespaceSchema } from "./schema/namespaces";
import { kubernetesSchema, networkSchema, type podNetworkSchema } from "./schema/network";
import { pkiSchema } from "./schema/pki";
import { proxySchema } from "./schema/proxy";
import { registrySchema } from "./schema/registry";
import { controlPlaneSize, etcdSize } from "./schema/sizes";
import { workerPoolSchema } from "./schema/workerPool";
import { kubernetesMinor } from "./versions";

/** The schema's version; a document without one is of this version. Older ones are brought up to it by `migrate`. */
export const SCHEMA_VERSION = 1;

/** A site as its owner writes it. Everything with a default may be left out. */
export const siteDocument = z.strictObject({
  version: z.literal(SCHEMA_VERSION).default(SCHEMA_VERSION).describe("The version of this schema."),
  name: dnsLabel.describe("The site's name: part of every machine's name."),
  contacts: z
    .array(contactSchema.describe("Somebody to call."))
    .max(50)
    .default([])
    .describe("Who to call when the site is broken, the first one first: the runbook shows them."),
  hypervisor: hypervisorSchema.describe("What machines run on: vCenter, or servers that exist already."),
  hosts: z
    .array(hostSchema.describe("A physical host."))
    .min(1)
    .max(5000)
    .describe("The physical hosts and their storage devices; `groundwork discover` reads them from vCenter."),
  sharedStorage: z
    .array(sharedStorageSchema.describe("Shared storage: a failure domain of its own."))
    .max(256)
    .default([])
    .describe("Storage that several hosts see (SAN, vSAN, NFS)."),
  machines: z
    .array(existingMachineSchema.describe("A server that exists."))
    .max(10_000)
    .default([])
    .describe("Servers that exist already, for hypervisor.kind existing."),
  network: networkSchema.describe("Addresses, name servers and distances."),
  proxy: proxySchema
    .optional()
    .describe("The proxy through which containerd pulls images. Left out: it reaches registries by itself."),
  registry: registrySchema
    .optional()
    .describe(
      "Where containerd gets all images from, so that manifests stay as they are. Left out: from the registries that images' names say; see docs/registry.md.",
    ),
  kubernetes: kubernetesSchema.describe("Kubernetes' version and settings."),
  addons: addonsSchema.prefault({}).describe("What the site adds to Kubernetes, beside DNS and the metrics API."),
  access: accessSchema
    .optional()
    .describe(
      "How people sign in, and what they may do. Left out: the one way in is the operator's kubeconfig; see docs/living.md.",
    ),
  namespaces: z
    .array(namespaceSchema.describe("A namespace."))
    .max(1000)
    .optional()
    .describe("Namespaces for those who share the cluster, each with its limits; see docs/living.md."),
  gitops: gitopsSchema
    .optional()
    .describe(
      "What runs in the cluster is what a repository says. Left out: it is what you apply; see docs/living.md.",
    ),
  etcd: etcdSchema.prefault({}).describe("The cluster's store: each member a machine of its own."),
  controlPlanes: z
    .preprocess((v) => (typeof v === "number" ? { count: v } : v), controlPlaneSchema.prefault({}))
    .describe("API servers, schedulers and controller managers. A number is short for {count: N}."),
  loadBalancer: loadBalancerSchema
    .prefault({ kind: "haproxy" })
    .describe("What clients reach the API servers through."),
  workers: z
    .array(workerPoolSchema.describe("A pool of like workers."))
    .max(100)
    .default([])
    .describe("Where workloads run."),
  workload: workloadSchema
    .optional()
    .describe("What must keep running after the loss of any one host. Left out: only the machines are checked."),
  backup: backupSchema.optional().describe("Encrypted copies of etcd and of the site's keys, made on a timer."),
  reservations: reservationsSchema.prefault({}).describe("What the hypervisor reserves for the machines that matter."),
  capacity: capacitySchema.prefault({}).describe("How far hosts may be filled."),
  pki: pkiSchema.prefault({}).describe("How long certificates last, and the rotation of authorities and keys."),
  overrides: z
    .array(overrideSchema.describe("A placement with its reason."))
    .max(1000)
    .default([])
    .describe("Placements of single machines against the planner's choice, each with a reason."),
});

/** The same with every default filled in, those that follow from its size too. */
export const siteSchema = siteDocument.transform(withSizes);

/** What a person writes. */
export type SiteInput = z.input<typeof siteSchema>;
export type SiteSpec = z.output<typeof siteSchema>;
export type Host = z.output<typeof hostSchema>;
export type Device = z.output<typeof deviceSchema>;
export type SharedStorage = z.output<typeof sharedStorageSchema>;
export type Media = z.output<typeof mediaSchema>;
export type Redundancy = z.output<typeof redundancySchema>;
export type ExistingMachine = z.output<typeof existingMachineSchema>;
export type Role = z.output<typeof roleSchema>;
export type WorkerPool = z.output<typeof workerPoolSchema>;
export type NamespaceSpec = z.output<typeof namespaceSchema>;
export type Backup = z.output<typeof backupSchema>;
export type Gitops = z.output<typeof gitopsSchema>;
export type Monitoring = z.output<typeof monitoringSchema>;
export type PodNetwork = z.output<typeof podNetworkSchema>;

/** The machines' sizes, where the owner leaves them to the cluster's at its largest, and etcd's version. */
function withSizes(document: z.output<typeof siteDocument>) {
  const { machines, workers, controlPlanes, etcd, kubernetes } = document;
  const listed = machines.filter((m) => m.role === "worker" || m.role === "control-plane").length;
  const nodes =
    listed || workers.reduce((sum, pool) => sum + (pool.scale?.maximum ?? pool.count), controlPlanes.count ?? 2);
  const [store, plane] = [etcdSize(nodes), controlPlaneSize(nodes)];
  return {
    ...document,
    etcd: {
      ...etcd,
      version: etcd.version ?? kubernetesMinor(kubernetes.version).etcd,
      cpus: etcd.cpus ?? store.cpus,
      memoryGiB: etcd.memoryGiB ?? store.memoryGiB,
      diskGiB: etcd.diskGiB ?? store.diskGiB,
    },
    controlPlanes: {
      ...controlPlanes,
      cpus: controlPlanes.cpus ?? plane.cpus,
      memoryGiB: controlPlanes.memoryGiB ?? plane.memoryGiB,
    },
  };
}
