import { z } from "zod";
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
  workerPoolSchema,
  workloadSchema,
} from "./schema/machines";
import { dnsLabel } from "./schema/names";
import { kubernetesSchema, networkSchema, type podNetworkSchema } from "./schema/network";

/** The schema's version; a document without one is of this version. Older ones are brought up to it by `migrate`. */
export const SCHEMA_VERSION = 1;

/** A site as its owner writes it. Everything with a default may be left out. */
export const siteSchema = z.strictObject({
  version: z.literal(SCHEMA_VERSION).default(SCHEMA_VERSION),
  name: dnsLabel,
  hypervisor: hypervisorSchema,
  hosts: z.array(hostSchema).min(1).max(5000),
  /** Storage that several hosts see (SAN, vSAN, NFS). */
  sharedStorage: z.array(sharedStorageSchema).max(256).default([]),
  /** Servers that exist already, for `hypervisor.kind: existing`. */
  machines: z.array(existingMachineSchema).max(10_000).default([]),
  network: networkSchema,
  kubernetes: kubernetesSchema,
  etcd: etcdSchema.prefault({}),
  /** A number is short for `{count: N}`. */
  controlPlanes: z.preprocess((v) => (typeof v === "number" ? { count: v } : v), controlPlaneSchema.prefault({})),
  loadBalancer: loadBalancerSchema.prefault({ kind: "haproxy" }),
  workers: z.array(workerPoolSchema).max(100).default([]),
  /** What must keep running after the loss of any one host; without it only the machines are checked. */
  workload: workloadSchema.optional(),
  reservations: reservationsSchema.prefault({}),
  capacity: capacitySchema.prefault({}),
  overrides: z.array(overrideSchema).max(1000).default([]),
});

/** What a person writes. */
export type SiteInput = z.input<typeof siteSchema>;
/** The same with every default filled in. */
export type SiteSpec = z.output<typeof siteSchema>;
export type Host = z.output<typeof hostSchema>;
export type Device = z.output<typeof deviceSchema>;
export type SharedStorage = z.output<typeof sharedStorageSchema>;
export type Media = z.output<typeof mediaSchema>;
export type Redundancy = z.output<typeof redundancySchema>;
export type ExistingMachine = z.output<typeof existingMachineSchema>;
export type Role = z.output<typeof roleSchema>;
export type WorkerPool = z.output<typeof workerPoolSchema>;
export type PodNetwork = z.output<typeof podNetworkSchema>;
