import { z } from "zod";
import { hostOrAddress, httpsUrl } from "./addresses";
import { isCertificate } from "./keys";

const mailAddress = z.email().max(254);

/** A program that takes alerts as JSON. */
const webhookRoute = z.strictObject({
  kind: z.literal("webhook").describe("A program that takes alerts as Alertmanager posts them, in JSON."),
  url: httpsUrl.describe("Where they are posted to, https. A description holds no secrets, and this is part of it."),
  ca: z
    .string()
    .max(20_000)
    .refine(isCertificate, "use a certificate in PEM, -----BEGIN CERTIFICATE----- and what follows")
    .optional()
    .describe("The authority of its certificate, in PEM. Left out: one that everybody knows."),
});

/** People who get mail. */
const emailRoute = z.strictObject({
  kind: z.literal("email").describe("People who get mail, by a server that takes it from the control planes."),
  to: z.array(mailAddress.describe("A mail address.")).min(1).max(20).describe("Who gets it."),
  from: mailAddress.describe("Whom it comes from."),
  server: hostOrAddress.describe("The mail server: its host name or address. It must take mail without a login."),
  port: z.number().int().min(1).max(65535).default(25).describe("Its TCP port."),
  requireTls: z
    .boolean()
    .default(true)
    .describe("Whether mail is kept back from a server that does not encrypt (STARTTLS)."),
});

/** Metrics of every machine and part of the site, and alerts from what the plan promises (O1). */
export const monitoringSchema = z.strictObject({
  retentionDays: z
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .describe("For how many days metrics are kept, on the disk of each control plane."),
  alerts: z
    .array(z.discriminatedUnion("kind", [webhookRoute, emailRoute]).describe("Where alerts go."))
    .max(10)
    .default([])
    .describe("Where alerts go. None: they are seen by who looks."),
});
