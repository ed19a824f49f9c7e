import { z } from "zod";
import { addressRange, cidrv4, ipv4 } from "../../site/description/schema/addresses";
import { dnsLabel } from "../../site/description/schema/names";

const except = z
  .array(
    z
      .union([addressRange, cidrv4, ipv4], "use an address, first-last, or a network")
      .describe("An address, first-last, or a network."),
  )
  .max(1000)
  .default([])
  .describe("What is not to be given to a site: it is used for something else.");

/** A network of its own for each site, cut from a block. */
const blockSchema = z.strictObject({
  kind: z.literal("block").describe("Each site gets a network of its own, cut from this block."),
  cidr: cidrv4.describe("The block, for example 10.0.0.0/16."),
  prefixLength: z.int().min(8).max(29).describe("The prefix length of each site's network, for example 24."),
  except,
});

/** A network that several sites lie in, each with a part of its addresses. */
const segmentSchema = z.strictObject({
  kind: z.literal("segment").describe("Several sites lie in this network, each with a part of its addresses."),
  cidr: cidrv4.describe("The network, for example 10.9.0.0/22."),
  gateway: ipv4.describe("Its router."),
  addresses: z
    .int()
    .min(8)
    .max(65_536)
    .describe("How many addresses each site gets, the API's virtual address among them: a power of two.")
    .refine((n) => Number.isInteger(Math.log2(n)), "use a power of two: 16, 32, 64 \u2026"),
  serviceAddresses: z
    .int()
    .min(1)
    .max(65_536)
    .optional()
    .describe("How many of them, the last ones, are for Services of type LoadBalancer. Left out: none."),
  except,
});

/** What a site was given: its network, its part of a shared one, and what keeps its MAC addresses apart. */
export const givenSchema = z.strictObject({
  cidr: cidrv4.describe("The site's network."),
  gateway: ipv4.optional().describe("Its router, in a shared network."),
  apiVip: ipv4.optional().describe("The API's virtual address, in a shared network."),
  machines: addressRange.optional().describe("The addresses that machines get, in a shared network: first-last."),
  serviceAddresses: addressRange
    .optional()
    .describe("The addresses that Services of type LoadBalancer get, in a shared network: first-last."),
  macSeed: z.string().max(80).optional().describe("hypervisor.macSeed, where the site's name would meet another site."),
});

/** The pool file of a fleet: what sites' addresses are taken from, and what each was given. */
export const poolSchema = z.strictObject({
  version: z.literal(1).default(1).describe("The version of this schema."),
  networks: z
    .array(z.discriminatedUnion("kind", [blockSchema, segmentSchema]).describe("A block or a segment."))
    .min(1)
    .max(1000)
    .describe("Where sites' addresses come from; the first one that has room."),
  given: z
    .record(dnsLabel, givenSchema.describe("What this site was given."))
    .default({})
    .describe("What each site was given: written by the program, kept when the site's file is gone."),
});

export type Pool = z.output<typeof poolSchema>;
export type Given = z.output<typeof givenSchema>;
export type Block = z.output<typeof blockSchema>;
export type Segment = z.output<typeof segmentSchema>;
