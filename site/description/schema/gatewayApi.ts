import { z } from "zod";
import { dnsDomain, ipv4 } from "./addresses";

/** What the cluster serves is reached from outside by names, over HTTPS. */
export const gatewayApiSchema = z.strictObject({
  domain: dnsDomain
    .refine((text) => text.includes("."), {
      error: "use a domain below one of yours: a top-level domain holds everybody's names",
    })
    .describe("The DNS domain of what is reached. The cluster's certificates may name it and what is below it alone."),
  address: ipv4.describe(
    "The address that answers, of network.serviceAddresses; the domain's names stand for it in your DNS.",
  ),
});
