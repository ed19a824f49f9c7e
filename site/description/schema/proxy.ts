import { z } from "zod";
import { cidrv4, isHost, proxyUrl } from "./addresses";

const UNPROXIED = "use a name, a domain with a dot before it, an address or a network";

/** The proxy through which machines reach the outside. */
export const proxySchema = z.strictObject({
  http: proxyUrl.describe("The proxy for http, and for https too unless that has its own: http://proxy.example:3128."),
  https: proxyUrl.optional().describe("The proxy for https. Left out: the same."),
  noProxy: z
    .array(
      z
        .string()
        .max(253)
        .regex(/^\.?[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?(?:\/\d{1,2})?$/, { error: UNPROXIED, abort: true })
        .refine((text) => cidrv4.safeParse(text).success || isHost(text.replace(/^\./, "")), UNPROXIED),
    )
    .max(256)
    .default([])
    .describe(
      "What else is reached without it. The site's own networks, machines, endpoint, names and vCenter are always left out.",
    ),
});
