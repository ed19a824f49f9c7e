import { z } from "zod";
import { addressRange, cidrv4, ipv4, server } from "./addresses";
import { serverHostKey } from "./keys";
import { dnsLabel, gibibytes, hostName, inventoryName } from "./names";

export const roleSchema = z.enum(["etcd", "events", "network-store", "control-plane", "load-balancer", "worker"]);

/** A network beside the machines' own: for storage, for backups. Nothing is routed through it. */
export const furtherNetworkSchema = z.strictObject({
  name: z
    .string()
    .max(15)
    // Linux and pod networks call interfaces of their own so: eth0, lo, veth…, cali…, lxc….
    .regex(
      /^(?!lo$|veth|cali|lxc)[a-z](?:[-a-z0-9]*[a-z])?$/,
      "use lower-case letters, digits and hyphens, from a letter to a letter, for example storage; not lo, veth…, cali…, lxc…",
    )
    .describe("What it is called, and the interface of each machine's card in it."),
  network: inventoryName.describe("The port group."),
  distributedSwitch: inventoryName.optional().describe("The distributed switch that it is a port group of."),
  cidr: cidrv4.describe("Its addresses, for example 10.0.50.0/24: no machine has a route or a name server there."),
  machines: addressRange.describe("The addresses that machines get there: first-last, inclusive."),
  roles: z
    .array(roleSchema)
    .min(1)
    .max(6)
    .refine((roles) => new Set(roles).size === roles.length, "name each role once")
    .default(["worker"])
    .describe("Machines of which roles have a card in it: by default workers."),
  mtu: z
    .int()
    .min(576)
    .max(9216)
    .optional()
    .describe("The largest packet, in bytes. Left out: what the card has, 1500."),
});

export const vsphereSchema = z.strictObject({
  kind: z.literal("vsphere").describe("Machines are made in vCenter."),
  server: server.describe("vCenter's host name, with :port if it is not 443."),
  datacenter: inventoryName.describe("The datacenter's name."),
  cluster: inventoryName.describe("The cluster of the hosts; DRS rules are made in it."),
  template: inventoryName.describe("The template that machines are cloned from."),
  network: inventoryName.describe("The port group that machines are connected to."),
  distributedSwitch: inventoryName
    .optional()
    .describe(
      "The distributed switch that network is a port group of. Left out: the one network of that name is taken, whatever it is on.",
    ),
  networks: z
    .array(furtherNetworkSchema.describe("A further network."))
    .max(9)
    .optional()
    .describe("Further networks that machines have a card and an address of its own in: for storage, for backups."),
  drs: z
    .boolean()
    .optional()
    .describe(
      "Whether the cluster has DRS. false: no rules are made, and machines stay where they are made because only their hosts see their datastores. Left out: it has.",
    ),
  folder: inventoryName
    .refine(
      (path) => path.split("/").every((name) => name.trim() !== "" && name !== "." && name !== ".."),
      "use the path below the datacenter's folder of machines, for example stores/042",
    )
    .optional()
    .describe("The folder that machines are put into. Left out: the datacenter's own."),
  macSeed: z
    .string()
    .max(80)
    .regex(/^[a-z][-a-z0-9]*(\/[1-9]\d*)?$/, "use the site's name and a number: store-042/2")
    .optional()
    .describe(
      "What machines' MAC addresses follow from, for a site that would have those of another one. Left out: the site's name.",
    ),
  allowUnverifiedSsl: z.boolean().default(false).describe("Trust any certificate of vCenter: in a lab only."),
});

/** Servers that exist already; each is described in `machines`. */
export const existingHypervisorSchema = z.strictObject({
  kind: z.literal("existing").describe("Servers that exist already; each is described in machines."),
});

export const hypervisorSchema = z.discriminatedUnion("kind", [vsphereSchema, existingHypervisorSchema]);

/** A server reached by SSH instead of a VM. `hostKey` is its public SSH host key, pinned. */
export const existingMachineSchema = z.strictObject({
  name: dnsLabel.describe("Its name: host name, node name and member name."),
  role: roleSchema.describe("What it does."),
  pool: dnsLabel.optional().describe("The worker pool it belongs to; workers only."),
  host: hostName.describe("The physical host it is, or runs on: a name from hosts."),
  address: ipv4.describe("Its IPv4 address in network.cidr."),
  hostKey: serverHostKey.describe(
    "Its public SSH host key, which every connection pins: a line of /etc/ssh/ssh_host_ed25519_key.pub.",
  ),
  user: z
    .string()
    .max(32)
    .regex(/^[a-z_][-a-z0-9_]*$/, "use a Unix user name")
    .default("groundwork")
    .describe("The user to sign in as; it needs sudo without a password."),
  cpus: z.number().int().positive().max(4096).optional().describe("Its CPUs. Left out: its role's."),
  memoryGiB: gibibytes.optional().describe("Its memory in GiB. Left out: its role's."),
  datastore: inventoryName
    .optional()
    .describe("Where its etcd data lies: a datastore of its host. Left out: the host's first free device."),
});
