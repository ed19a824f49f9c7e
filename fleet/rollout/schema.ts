import { z } from "zod";
import { dnsLabel, domainName } from "../../site/description/schema/names";
import { maintenanceSchema } from "../file/schema";

const minutes = z
  .int()
  .min(0)
  .max(60 * 24 * 60);
const instant = z.iso.datetime();
const digest = z.string().regex(/^[0-9a-f]{64}$/, "use a SHA-256, 64 hexadecimal digits");

const waveSizeSchema = z
  .union(
    [
      z.strictObject({ count: z.int().min(1).max(100_000).describe("So many sites.") }),
      z.strictObject({ share: z.number().positive().max(1).describe("This share of all sites, above 0 up to 1.") }),
    ],
    "use {count: 3}, so many sites, or {share: 0.25}, a share of all",
  )
  .describe("How large a wave is.");

const requireSchema = z.strictObject({
  backupHours: z.int().min(1).max(8760).optional().describe("Its last backup is not older than so many hours."),
  drillDays: z.int().min(1).max(3650).optional().describe("A drill of it passed in the last so many days."),
  certificateDays: z.int().min(1).max(3650).optional().describe("No certificate of it ends in so many days."),
});

const probeSchema = z.strictObject({
  command: z
    .array(z.string().min(1).max(1000).describe("The program, then its arguments; {name} in one is the site's name."))
    .min(1)
    .max(50)
    .describe("A program of the worker's, run in the project's folder: 0 says that the site is well."),
  seconds: z.int().min(1).max(3600).default(60).describe("How long it may take."),
});

/** How a rollout goes; the owner's file. What is left out is careful. */
export const rolloutPolicySchema = z.strictObject({
  version: z.literal(1).default(1).describe("The version of this schema."),
  canaries: z
    .union([z.int().min(1).max(1000), z.array(dnsLabel).min(1).max(1000)], "use a number, or a list of sites")
    .default(1)
    .describe("The first wave: how many, or which sites."),
  waves: z
    .array(waveSizeSchema)
    .max(100)
    .default([{ share: 0.1 }])
    .describe("The waves after it, in their order; the last one takes what is left."),
  atOnce: z.int().min(1).max(1000).default(1).describe("At most so many sites are changed at the same time."),
  atOncePer: z
    .record(dnsLabel, z.int().min(1).max(1000).describe("At most so many with one value of this label."))
    .default({})
    .describe("The same by label: {town: 1} never changes two sites of one town together."),
  failuresPerWave: z.int().min(0).max(1000).default(0).describe("More failures than this in one wave stop new starts."),
  failures: z.int().min(0).max(1000).default(0).describe("More failures than this in all stop new starts."),
  soakMinutes: minutes.default(60).describe("How long a wave is watched before the next one begins, in minutes."),
  healthGate: z.boolean().default(true).describe("Whether the next wave waits until the one before is found healthy."),
  probe: probeSchema.optional().describe("Your own question to each site of a wave, beside the health gate's."),
  require: requireSchema.optional().describe("What a site that is up has before it is changed; others are left out."),
  refresh: z
    .boolean()
    .optional()
    .describe("Whether each site is compared with what is really there, and what was changed by hand put back."),
  approval: z
    .enum(["never", "after-canaries", "every-wave"])
    .default("never")
    .describe("Before which waves a person has to approve."),
  siteMinutes: minutes
    .min(1)
    .default(120)
    .describe("How long a site may take, in minutes; it begins only where that fits into its window."),
  onTimeOut: z
    .enum(["stop", "go-on"])
    .default("stop")
    .describe("Whether a site that takes longer is a failure that counts, or is set aside."),
  expiresInDays: z.int().min(1).max(365).default(30).describe("After so many days nothing begins any more."),
});

export const digestsSchema = z.strictObject({
  program: digest.describe("The program and its packages."),
  description: digest.describe("The site's description."),
  images: digest.describe("What machines and containers are made from."),
  versions: digest.describe("The versions of Kubernetes and etcd."),
});

export const rolloutSiteSchema = z.strictObject({
  name: dnsLabel.describe("The site."),
  labels: z.record(dnsLabel, domainName).describe("Its labels."),
  maintenance: maintenanceSchema.describe("When it may be changed."),
  digests: digestsSchema.describe("What it is to get, and nothing else."),
});

export const rolloutPlanSchema = z.strictObject({
  version: z.literal(1).describe("The version of this schema."),
  made: instant.describe("When it was made."),
  expires: instant.describe("After this nothing of it begins any more."),
  policy: rolloutPolicySchema.describe("How it goes."),
  waves: z
    .array(
      z.array(dnsLabel.describe("A site.")).min(1).max(100_000).describe("A wave; the first one are the canaries."),
    )
    .min(1)
    .max(101)
    .describe("The waves, each site in one of them."),
  sites: z.array(rolloutSiteSchema.describe("A site of a wave.")).min(1).max(100_000).describe("The sites."),
  leftOut: z
    .array(z.strictObject({ site: dnsLabel.describe("The site."), why: z.string().max(4000).describe("Why.") }))
    .describe("Sites that were asked for, and are in no wave."),
});

/** A plan as it lies in its file. */
export const signedPlanSchema = z.strictObject({
  plan: rolloutPlanSchema.describe("What is signed."),
  signature: z.string().max(200).describe("An Ed25519 signature of it, base64."),
});

export type Probe = z.output<typeof probeSchema>;
export type Requirements = z.output<typeof requireSchema>;
export type RolloutPolicy = z.output<typeof rolloutPolicySchema>;
export type RolloutPlan = z.output<typeof rolloutPlanSchema>;
export type RolloutSite = z.output<typeof rolloutSiteSchema>;
export type SiteDigests = z.output<typeof digestsSchema>;
export type SignedPlan = z.output<typeof signedPlanSchema>;
