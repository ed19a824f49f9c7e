import { z } from "zod";
import { httpsUrl, registryName } from "./addresses";
import { isCertificate } from "./keys";

/** The registries whose images a site of its own may have, where its owner names none: those that its own images come from. */
const USUAL = ["registry.k8s.io", "docker.io", "quay.io", "ghcr.io"];

/** The address of a mirror: what follows it is the path of an image, so that nothing else may. */
const mirrorUrl = httpsUrl.refine(
  (text) => /^https:\/\/[^/?#\\]+(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*\/?$/i.test(text),
  "use https://host or https://host:port, with a path of letters, digits and . _ - / if it has one",
);

/** Where containerd gets images from, whatever registry their names say (S8). */
export const registrySchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z
      .literal("local")
      .describe("The site's own: CNCF Distribution on two control planes, filled by `groundwork bundle apply --to`."),
    upstreams: z
      .array(registryName.describe("A registry's name, with its port if it has one."))
      .min(1)
      .max(50)
      .default(USUAL)
      .describe(
        "The registries whose images may lie in it, under the names that they have there. A pod's image of any other one is refused.",
      ),
    sizeGiB: z
      .int()
      .min(1)
      .max(10_000)
      .default(10)
      .describe("The most that its images may take on each of the two control planes' disks; more is not accepted."),
  }),
  z.strictObject({
    kind: z.literal("external").describe("One that you run, as a mirror of all others."),
    url: mirrorUrl.describe("Its address: https://host, with a port and the path below which images lie, if any."),
    ca: z
      .string()
      .max(20_000)
      .refine(isCertificate, "use a certificate in PEM, -----BEGIN CERTIFICATE----- and what follows")
      .optional()
      .describe("The authority of its certificate, in PEM. Left out: one that everybody knows."),
  }),
]);
