import { z } from "zod";

/**
 * The steps to a KMS; each is one `up`, and the way back is the same.
 *
 * - `read`: every API server reads what the plugin encrypted; the site's own key encrypts.
 * - `write`: the plugin's key encrypts, and all secrets are written again by it. The site's own keys read what is older.
 */
export const KMS_PHASES = ["read", "write"] as const;

/** A plugin of the owner's, by Kubernetes' KMS v2 (S6). */
export const kmsSchema = z.strictObject({
  name: z
    .string()
    .max(63)
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "use lower-case letters, digits and hyphens")
    .describe("The plugin's name. It stands in etcd before all that its key encrypts."),
  socket: z
    .string()
    .max(100)
    .regex(
      /^\/(run|var\/run|var\/lib|opt)(\/[A-Za-z0-9_-][A-Za-z0-9._-]*){2,}$/,
      "use a path in a folder of its own, as /run/kms/plugin.sock",
    )
    .describe(
      "The unix socket on each control plane at which the plugin answers, in a folder of its own: the API server sees all of that.",
    ),
  timeoutSeconds: z.int().min(1).max(60).default(3).describe("How long the plugin may take for an answer."),
  phase: z
    .enum(KMS_PHASES)
    .default("write")
    .describe(
      "How far the way to the KMS is, one `up` each: read (API servers can read what it encrypted), write (it encrypts, and all secrets are written again). Back: read, then leave it out. Left out: write.",
    ),
});

/** What encrypts secrets in etcd, if not only the site's own keys. */
export const secretsEncryptionSchema = z.strictObject({
  kms: kmsSchema.describe("A KMS, by a plugin of yours on each control plane; see docs/kms.md."),
});
