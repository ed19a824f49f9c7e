import { z } from "zod";
import { dnsLabel, gibibytes, hostName, inventoryName } from "./names";

export const vsphereSchema = z.strictObject({
  kind: z.literal("vsphere"),
  /** vCenter's host name, with `:port` if it is not 443. */
  server: z
    .string()
    .min(1)
    .max(259)
    .regex(/^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:\d{1,5})?$/, "use a host name, with :port if it is not 443"),
  datacenter: inventoryName,
  cluster: inventoryName,
  template: inventoryName,
  network: inventoryName,
  folder: inventoryName.optional(),
  allowUnverifiedSsl: z.boolean().default(false),
});

/** Servers that exist already; each is described in `machines`. */
export const existingHypervisorSchema = z.strictObject({ kind: z.literal("existing") });

export const hypervisorSchema = z.discriminatedUnion("kind", [vsphereSchema, existingHypervisorSchema]);

export const roleSchema = z.enum(["etcd", "events", "control-plane", "load-balancer", "worker"]);

/** A server reached by SSH instead of a VM. `hostKey` is its public SSH host key, pinned. */
export const existingMachineSchema = z.strictObject({
  name: dnsLabel,
  role: roleSchema,
  /** The worker pool it belongs to; workers only. */
  pool: dnsLabel.optional(),
  host: hostName,
  address: z.ipv4(),
  hostKey: z
    .string()
    .max(1024)
    .regex(/^(ssh|ecdsa|sk)-[-a-z0-9@.]+ [A-Za-z0-9+/=]+( [-\w@.]+)?$/, "use a public key line: ssh-ed25519 AAAA…"),
  user: z
    .string()
    .max(32)
    .regex(/^[a-z_][-a-z0-9_]*$/, "use a Unix user name")
    .default("groundwork"),
  cpus: z.number().int().positive().max(4096).optional(),
  memoryGiB: gibibytes.optional(),
  /** Where its etcd data lies. Default: the host's first free device. */
  datastore: inventoryName.optional(),
});
