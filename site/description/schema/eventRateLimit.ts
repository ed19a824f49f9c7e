import { z } from "zod";

const limit = z.strictObject({
  perSecond: z.int().min(1).max(100_000).describe("Events a second that go on and on."),
  burst: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe("Events that may come at once after a pause. Left out: those of ten seconds."),
});

/** How many events each API server writes down (S6); the planner's figures follow from the store's quota. */
export const eventRateLimitSchema = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether events are limited. A storm of them fills the store if not."),
  server: limit
    .optional()
    .describe("All events at an API server. Left out: so many that those of an hour fill half of the store's quota."),
  namespace: limit.optional().describe("Events of one namespace. Left out: half of the server's."),
  user: limit
    .optional()
    .describe("Events that one user writes, such as a node's kubelet. Left out: a quarter of the server's."),
  sourceAndObject: limit
    .optional()
    .describe("Events of one program about one object. Left out: 10 a second, 50 at once, never more than a user's."),
});
