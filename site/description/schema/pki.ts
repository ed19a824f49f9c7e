import { z } from "zod";

/**
 * The phases of a rotation, in their order; each is one `up`.
 *
 * - `trust`: everybody trusts the new generation beside the old one, which still signs.
 * - `reissue`: the new generation signs, and everything that the old one signed is issued again. Both are trusted.
 * - `drop`: the old generation is trusted no more, and its key is deleted.
 */
export const PHASES = ["trust", "reissue", "drop"] as const;

const rotation = (what: string) =>
  z
    .strictObject({
      generation: z
        .number()
        .int()
        .min(1)
        .max(1000)
        .default(1)
        .describe("Which one it is: 1 for the first, one more for each rotation."),
      phase: z
        .enum(PHASES)
        .default("drop")
        .describe(
          "How far the rotation to this generation is, one `up` each: trust (both are trusted), reissue (the new one signs), drop (the old one is gone). Left out: drop.",
        ),
    })
    .prefault({})
    .describe(`The rotation of ${what}.`);

/** Certificates and keys: how long they last, and how far each rotation is (S2, S3, S6). */
export const pkiSchema = z.strictObject({
  certificateHours: z
    .number()
    .int()
    .min(1)
    .max(397 * 24)
    .default(8760)
    .describe("How long a certificate is valid, in hours; authorities are valid for ten years."),
  earlyRenewalHours: z
    .number()
    .int()
    .min(1)
    .max(397 * 24)
    .default(2190)
    .describe(
      "`up` renews a certificate when fewer hours than this are left. As much as certificateHours: at every `up`.",
    ),
  aloneMonths: z
    .number()
    .int()
    .min(0)
    .max(60)
    .optional()
    .describe(
      "For how many months the site goes on when no `up` reaches it: certificates for that time are issued ahead, and machines put them in force themselves. 0: until its certificates end. Left out: 24, or what twelve generations of certificates last.",
    ),
  rotation: z
    .strictObject({
      cluster: rotation("the cluster's authority"),
      etcd: rotation("etcd's authority"),
      frontProxy: rotation("the authority of the front proxy"),
      networkStore: rotation("the authority of the network add-on's store"),
      serviceAccount: rotation("the key that signs service account tokens"),
      encryption: rotation("the key that encrypts secrets at rest"),
    })
    .prefault({})
    .describe("Rotation of authorities and keys, step by step; see docs/certificates.md."),
});
