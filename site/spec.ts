import { z } from "zod";

/** A DNS-1123 label: what Kubernetes, cloud-init and vSphere all accept as a name. */
export const dnsLabel = z
  .string()
  .max(40)
  .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, "use lower-case letters, digits and hyphens, starting with a letter");

const ipv4 = z.ipv4();
const cidrv4 = z.cidrv4();

/** How a device survives the loss of one disk below it. What a RAID controller hides is the owner's attestation. */
export const redundancySchema = z.enum(["none", "mirror", "raid5", "raid6", "raid10"]);

/** A physical storage device, by its canonical id (`naa.…`, `t10.…`, `eui.…`, a WWN), and the datastores that lie on it. */
export const deviceSchema = z.strictObject({
  id: z.string().min(1).max(128),
  media: z.enum(["nvme", "ssd", "hdd"]).default("ssd"),
  redundancy: redundancySchema.default("none"),
  capacityGiB: z.number().positive().optional(),
  /** One datastore, or several (partitions of a redundant device). */
  datastore: z.string().min(1).optional(),
  datastores: z.array(z.string().min(1)).min(1).optional(),
});

export const hostSchema = z.strictObject({
  name: z.string().min(1).max(253),
  cpus: z.number().int().positive(),
  memoryGiB: z.number().positive(),
  /** Higher is more reliable; decides which host of two carries etcd. */
  reliability: z.number().int().min(0).max(10).default(1),
  ecc: z.boolean().optional(),
  power: z.enum(["single", "dual"]).optional(),
  rack: z.string().min(1).optional(),
  room: z.string().min(1).optional(),
  feed: z.string().min(1).optional(),
  devices: z.array(deviceSchema).min(1),
});

export const vsphereSchema = z.strictObject({
  kind: z.literal("vsphere"),
  /** vCenter's host name, with `:port` if it is not 443. */
  server: z.string().min(1),
  datacenter: z.string().min(1),
  cluster: z.string().min(1),
  template: z.string().min(1),
  network: z.string().min(1),
  folder: z.string().min(1).optional(),
  allowUnverifiedSsl: z.boolean().default(false),
});

/** Servers that exist already; each is described in `machines`. */
export const existingHypervisorSchema = z.strictObject({ kind: z.literal("existing") });

export const roleSchema = z.enum(["etcd", "events", "control-plane", "load-balancer", "worker"]);

/** A server reached by SSH instead of a VM. `hostKey` is its public SSH host key, pinned. */
export const existingMachineSchema = z.strictObject({
  name: dnsLabel,
  role: roleSchema,
  pool: dnsLabel.optional(),
  host: z.string().min(1),
  address: ipv4,
  hostKey: z.string().min(1),
  user: z.string().min(1).default("groundwork"),
});

export const networkSchema = z.strictObject({
  cidr: cidrv4,
  gateway: ipv4,
  apiVip: ipv4.optional(),
  /** `first-last`, inclusive. */
  machines: z.string().regex(/^[0-9.]+-[0-9.]+$/),
  nameservers: z.array(ipv4).default([]),
  ntp: z.array(z.string().min(1)).default([]),
  podCidr: cidrv4.default("10.244.0.0/16"),
  serviceCidr: cidrv4.default("10.96.0.0/16"),
  /** The cluster's DNS domain. */
  domain: z.string().min(1).default("cluster.local"),
  /** Largest round-trip time between etcd members, milliseconds. */
  rttMs: z.number().positive().default(1),
});

/** The pod network: `routed` = the CNI project's plugins and the plan's routes; `manifest` = a pinned upstream manifest. */
export const podNetworkSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("routed") }),
  z.strictObject({ kind: z.literal("cilium"), version: z.string().min(1) }),
  z.strictObject({
    kind: z.literal("manifest"),
    url: z.string().min(1),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    enforcesNetworkPolicy: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("none") }),
]);

export const kubernetesSchema = z.strictObject({
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  podNetwork: podNetworkSchema.default({ kind: "routed" }),
  imageRepository: z.string().min(1).optional(),
  /** Fields merged over the rendered KubeletConfiguration. */
  kubelet: z.record(z.string(), z.json()).default({}),
  /** Fields merged over the rendered KubeProxyConfiguration. */
  kubeProxy: z.record(z.string(), z.json()).default({}),
  ignorePreflightErrors: z.array(z.string()).default([]),
});

export const etcdSchema = z.strictObject({
  members: z.number().int().min(1).max(9).default(3),
  cpus: z.number().int().positive().default(2),
  memoryGiB: z.number().positive().default(8),
  diskGiB: z.number().positive().default(20),
  /** Magnetic disks must be accepted by name (L2). */
  acceptMagneticDisks: z.boolean().default(false),
});

export const controlPlaneSchema = z.strictObject({
  count: z.number().int().min(1).max(9).default(2),
  cpus: z.number().int().positive().default(2),
  memoryGiB: z.number().positive().default(8),
  diskGiB: z.number().positive().default(40),
});

export const loadBalancerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("haproxy"),
    count: z.number().int().min(1).max(9).default(2),
    cpus: z.number().int().positive().default(1),
    memoryGiB: z.number().positive().default(2),
    diskGiB: z.number().positive().default(10),
  }),
  /** A load balancer that somebody else runs; it must forward TCP to every control plane's 6443. */
  z.strictObject({ kind: z.literal("external"), endpoint: z.string().min(1), port: z.number().int().default(6443) }),
]);

export const workerPoolSchema = z.strictObject({
  name: dnsLabel,
  count: z.number().int().min(0),
  cpus: z.number().int().positive(),
  memoryGiB: z.number().positive(),
  diskGiB: z.number().positive().default(60),
});

export const siteSchema = z.strictObject({
  name: dnsLabel,
  hypervisor: z.discriminatedUnion("kind", [vsphereSchema, existingHypervisorSchema]),
  hosts: z.array(hostSchema).min(1),
  machines: z.array(existingMachineSchema).default([]),
  network: networkSchema,
  kubernetes: kubernetesSchema,
  etcd: etcdSchema.prefault({}),
  /** A number is short for `{count: N}`. */
  controlPlanes: z.preprocess((v) => (typeof v === "number" ? { count: v } : v), controlPlaneSchema.prefault({})),
  loadBalancer: loadBalancerSchema.prefault({ kind: "haproxy" }),
  workers: z.array(workerPoolSchema).default([]),
});

/** What a person writes. */
export type SiteInput = z.input<typeof siteSchema>;
/** The same with every default filled in. */
export type SiteSpec = z.output<typeof siteSchema>;
export type Host = z.output<typeof hostSchema>;
export type Device = z.output<typeof deviceSchema>;
export type Role = z.output<typeof roleSchema>;
export type PodNetwork = z.output<typeof podNetworkSchema>;
