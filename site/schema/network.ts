import { z } from "zod";
import { hostName } from "./names";

const ipv4 = z.ipv4();
const cidrv4 = z.cidrv4();
const hostOrAddress = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$/, "use a host name or an address");

/** The largest round-trip time between two hosts, where it is not the network's. */
export const rttSchema = z.strictObject({
  between: z.tuple([hostName, hostName]),
  ms: z.number().positive().max(10_000),
});

export const networkSchema = z.strictObject({
  cidr: cidrv4,
  gateway: ipv4,
  apiVip: ipv4.optional(),
  /** `first-last`, inclusive. */
  machines: z
    .string()
    .regex(/^\d{1,3}(\.\d{1,3}){3}-\d{1,3}(\.\d{1,3}){3}$/, "use first-last, for example 10.0.42.10-10.0.42.60"),
  nameservers: z.array(ipv4).max(16).default([]),
  ntp: z.array(hostOrAddress).max(16).default([]),
  podCidr: cidrv4.default("10.244.0.0/16"),
  /** Prefix length of a node's own part of `podCidr`. */
  nodePodPrefix: z.number().int().min(16).max(28).default(24),
  serviceCidr: cidrv4.default("10.96.0.0/16"),
  /** The cluster's DNS domain. */
  domain: z
    .string()
    .max(200)
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, "use a DNS domain")
    .default("cluster.local"),
  /** Largest round-trip time between etcd members, milliseconds. */
  rttMs: z.number().positive().max(10_000).default(1),
  /** Pairs of hosts that are further apart than `rttMs`. */
  rtt: z.array(rttSchema).max(10_000).default([]),
});

/** The pod network: `routed` = the CNI project's plugins and the plan's routes; `manifest` = a pinned upstream manifest. */
export const podNetworkSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("routed") }),
  z.strictObject({
    kind: z.literal("cilium"),
    version: z.string().regex(/^\d+\.\d+\.\d+$/, "use major.minor.patch"),
  }),
  z.strictObject({
    kind: z.literal("manifest"),
    url: z.url({ protocol: /^https$/ }).max(2048),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, "use the SHA-256 of the file, 64 hexadecimal digits"),
    enforcesNetworkPolicy: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("none") }),
]);

export const kubernetesSchema = z.strictObject({
  version: z.string().regex(/^\d+\.\d+\.\d+$/, "use major.minor.patch, for example 1.36.3"),
  podNetwork: podNetworkSchema.default({ kind: "routed" }),
  imageRepository: z
    .string()
    .max(253)
    .regex(/^[a-z0-9]([-a-z0-9._:/]*[a-z0-9])?$/, "use host[:port]/path")
    .optional(),
  /** Fields merged over the rendered KubeletConfiguration. */
  kubelet: z.record(z.string(), z.json()).default({}),
  /** Fields merged over the rendered KubeProxyConfiguration. */
  kubeProxy: z.record(z.string(), z.json()).default({}),
  ignorePreflightErrors: z
    .array(z.string().regex(/^[A-Za-z0-9-]+$/, "use the check's name"))
    .max(64)
    .default([]),
});
