import { z } from "zod";
import { hostOrAddress, httpsUrl } from "./addresses";
import { ageRecipient, calendarEvent, isCertificate, targetHostKey } from "./keys";

/** Another machine that takes files by SFTP. */
const sftpTarget = z.strictObject({
  kind: z
    .literal("sftp")
    .describe("A machine that takes files by SFTP; its key is the secret groundwork:backupSftpKey."),
  host: hostOrAddress.describe("Its host name or address: in another failure domain than the site's hosts."),
  port: z.number().int().min(1).max(65535).default(22).describe("Its TCP port."),
  user: z
    .string()
    .max(64)
    .regex(/^[A-Za-z_][-A-Za-z0-9_.]*$/, "use a login name")
    .describe("Who signs in."),
  path: z
    .string()
    .max(400)
    .regex(/^[A-Za-z0-9._/][-A-Za-z0-9._/]*$/, "use letters, digits and - . _ /")
    .default(".")
    .describe("The folder for the backups; it must exist."),
  hostKey: targetHostKey.describe(
    "Its public SSH host key, as in `ssh-ed25519 AAAA…`: another machine at its address gets nothing.",
  ),
});

/** Storage that speaks the S3 protocol. */
const s3Target = z.strictObject({
  kind: z
    .literal("s3")
    .describe(
      "S3-compatible storage; its keys are the secrets groundwork:backupS3AccessKey and groundwork:backupS3SecretKey.",
    ),
  endpoint: httpsUrl
    .refine(
      (text) => new URL(text).pathname === "/" && new URL(text).search === "",
      "use https://host or https://host:port, with nothing after it",
    )
    .describe("Its address, https://host or https://host:port."),
  bucket: z
    .string()
    .regex(
      /^(?!\d+(?:\.\d+){3}$)(?!.*(?:\.\.|\.-|-\.))[a-z0-9][-a-z0-9.]{1,61}[a-z0-9]$/,
      "use a bucket's name: 3 to 63 small letters, digits, dots and hyphens, each dot between letters or digits, and no address",
    )
    .describe("The bucket; it must exist."),
  region: z
    .string()
    .regex(/^[A-Za-z0-9][-A-Za-z0-9_]{0,62}$/, "use a region's name, for example eu-central-1")
    .default("us-east-1")
    .describe("Its region."),
  prefix: z
    .string()
    .max(400)
    .regex(
      /^(?!(?:.*\/)?\.{1,2}(?:\/|$))(?:[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*\/?)?$/,
      "use letters, digits and - . _ /, and no part . or ..",
    )
    .default("")
    .describe("What the names of the backups begin with: a folder of the bucket."),
  ca: z
    .string()
    .max(20_000)
    .refine(isCertificate, "use a certificate in PEM, -----BEGIN CERTIFICATE----- and what follows")
    .optional()
    .describe("The authority of its certificate, in PEM; left out: one that the machines know."),
});

/** Snapshots of etcd with what lives outside it, encrypted, somewhere else (D1, D3). */
export const backupSchema = z.strictObject({
  schedule: calendarEvent
    .default("hourly")
    .describe("When: a systemd calendar event. One member of etcd makes the backup, whichever is first."),
  recipients: z
    .array(
      ageRecipient.describe("A public key of `age-keygen`, age1…, or of `age-keygen -pq`, age1pq1…: all of one kind."),
    )
    .min(1)
    .max(20)
    .describe(
      "Who can read the backups: public keys. Their private halves belong somewhere that burns apart from the site.",
    ),
  targets: z
    .array(z.discriminatedUnion("kind", [sftpTarget, s3Target]).describe("Where copies go."))
    .min(1)
    .max(5)
    .describe("Where the copies go, each in another failure domain than the site."),
  retention: z
    .strictObject({
      last: z.number().int().min(1).max(10_000).default(24).describe("The newest so many are kept whatever their age."),
      days: z.number().int().min(0).max(3650).default(14).describe("Backups younger than this are kept, in days."),
    })
    .prefault({})
    .describe("What is kept. An old one is deleted only once the new one is proven at its target."),
  maximumAgeHours: z
    .number()
    .int()
    .min(1)
    .max(8760)
    .default(24)
    .describe("An older last backup is a finding of the rule backup-age, and an alert."),
});
