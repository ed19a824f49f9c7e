import { z } from "zod";
import { VERSION } from "../version";
import { kubernetesMinor, NEWEST_MINOR } from "../versions";
import { addressRange, cidrv4, dnsDomain, hostOrAddress, httpsUrl, imageRepository, ipv4 } from "./addresses";
import { eventRateLimitSchema } from "./eventRateLimit";
import { hostName } from "./names";
import { secretsEncryptionSchema } from "./secretsEncryption";

/** The largest round-trip time between two hosts, where it is not the network's. */
export const rttSchema = z.strictObject({
  between: z.tuple([hostName, hostName]).describe("The two hosts."),
  ms: z.number().positive().max(10_000).describe("The largest round trip between them, in ms."),
});

export const networkSchema = z.strictObject({
  cidr: cidrv4.describe("The machines' network, for example 10.0.42.0/24."),
  gateway: ipv4.describe("Its router."),
  apiVip: ipv4.optional().describe("The API's virtual address, for loadBalancer.kind haproxy: free, outside machines."),
  machines: addressRange.describe("The addresses that machines get: first-last, inclusive."),
  serviceAddresses: addressRange
    .optional()
    .describe(
      "The addresses that Services of type LoadBalancer get: first-last, inclusive, free and outside machines. Left out: such Services get none; see docs/living.md.",
    ),
  nameservers: z
    .array(ipv4)
    .max(16)
    .default([])
    .describe(
      "DNS servers of the machines. None: servers that exist keep their own; virtual machines have none and are refused.",
    ),
  ntp: z.array(hostOrAddress).max(16).default([]).describe("Time servers. None: the distribution's own."),
  podCidr: cidrv4.default("10.244.0.0/16").describe("The pods' network."),
  nodePodPrefix: z
    .number()
    .int()
    .min(16)
    .max(28)
    .default(24)
    .describe("Prefix length of a node's own part of podCidr."),
  serviceCidr: cidrv4.default("10.96.0.0/16").describe("The services' network."),
  domain: dnsDomain.default("cluster.local").describe("The cluster's DNS domain."),
  rttMs: z
    .number()
    .positive()
    .max(10_000)
    .default(1)
    .describe("The largest round trip between hosts, in ms; etcd's timers follow from it."),
  rtt: z.array(rttSchema).max(10_000).default([]).describe("Pairs of hosts that are further apart than rttMs."),
});

/** The pod network: `routed` = the CNI project's plugins and the plan's routes; `manifest` = a pinned upstream manifest. */
export const podNetworkSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("routed").describe("The CNI project's plugins and the plan's routes."),
    enforcesNetworkPolicy: z
      .boolean()
      .optional()
      .describe("Whether kube-router enforces NetworkPolicy. Left out: a new site does; one that runs stays as it is."),
  }),
  z.strictObject({
    kind: z.literal("cilium").describe("Cilium, from its Helm chart."),
    version: z.string().regex(VERSION, "use major.minor.patch").describe("The chart's version."),
  }),
  z.strictObject({
    kind: z.literal("manifest").describe("An upstream manifest, pinned by its digest."),
    url: httpsUrl.describe("Where it is, https."),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "use the SHA-256 of the file, 64 hexadecimal digits")
      .describe("The SHA-256 of the file."),
    enforcesNetworkPolicy: z.boolean().describe("Whether the network enforces NetworkPolicy."),
  }),
  z.strictObject({ kind: z.literal("none").describe("You install a network yourself.") }),
]);

export const kubernetesSchema = z.strictObject({
  version: z
    .string()
    .regex(VERSION, `use major.minor.patch, for example ${kubernetesMinor(NEWEST_MINOR).tested}`)
    .describe("Kubernetes' version, major.minor.patch; the template must hold it."),
  podNetwork: podNetworkSchema.default({ kind: "routed" }).describe("What connects pods."),
  imageRepository: imageRepository
    .optional()
    .describe("The registry that images come from, instead of registry.k8s.io."),
  kubelet: z
    .record(z.string(), z.json().describe("A field of KubeletConfiguration."))
    .default({})
    .describe("Fields merged over the rendered KubeletConfiguration."),
  kubeProxy: z
    .record(z.string(), z.json().describe("A field of KubeProxyConfiguration."))
    .default({})
    .describe("Fields merged over the rendered KubeProxyConfiguration."),
  eventRateLimit: eventRateLimitSchema
    .prefault({})
    .describe("How many events each API server writes down, so that a storm of them cannot fill etcd (S6)."),
  secretsEncryption: secretsEncryptionSchema
    .optional()
    .describe("What encrypts secrets in etcd. Left out: the site's own keys (pki.rotation.encryption)."),
  drainSeconds: z
    .int()
    .min(10)
    .max(86_400)
    .default(300)
    .describe("How long pods may take to leave a node that is replaced or removed; after that the change stops."),
  ignorePreflightErrors: z
    .array(z.string().regex(/^[A-Za-z0-9-]+$/, "use the check's name"))
    .max(64)
    .default([])
    .describe("kubeadm's preflight checks that may fail."),
});
