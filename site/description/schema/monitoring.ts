import { z } from "zod";
import { dnsName, hostOrAddress, httpsUrl } from "./addresses";
import { isCertificate } from "./keys";

const mailAddress = z.email().max(254);

const authority = z
  .string()
  .max(20_000)
  .refine(isCertificate, "use a certificate in PEM, -----BEGIN CERTIFICATE----- and what follows")
  .optional();

/** A program that takes alerts as JSON. */
const webhookRoute = z.strictObject({
  kind: z.literal("webhook").describe("A program that takes alerts as Alertmanager posts them, in JSON."),
  url: httpsUrl.describe("Where they are posted to, https. A description holds no secrets, and this is part of it."),
  ca: authority.describe("The authority of its certificate, in PEM. Left out: one that everybody knows."),
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

/** What neither vmagent nor Kubernetes reads as something else in a program's arguments: a list, a variable. */
const WRITTEN = /^[A-Za-z0-9._~:/?&=+-]+$/;

const remoteWriteSchema = z.strictObject({
  url: httpsUrl
    .regex(WRITTEN, "use an https address of letters, digits and . _ ~ : / ? & = + -")
    .describe(
      "Where samples are written to, https, as Prometheus' remote write does: https://metrics.store.example/api/v1/write.",
    ),
  ca: authority.describe("The authority of its certificate, in PEM. Left out: one that everybody knows."),
  user: z
    .string()
    .max(256)
    .regex(/^[A-Za-z0-9._@+=/-]+$/, "use a login name of letters, digits and . _ @ + = / -")
    .optional()
    .describe(
      "Who signs in; the password is the secret groundwork:remoteWritePassword. Left out: nobody does, and it must know the site otherwise.",
    ),
});

const syslogSchema = z.strictObject({
  server: hostOrAddress.describe("The syslog server: its host name or address."),
  port: z.number().int().min(1).max(65535).default(6514).describe("Its TCP port, for syslog over TLS (RFC 5425)."),
  name: dnsName
    .optional()
    .describe("The DNS name in its certificate, where that is another than `server`; needed if that is an address."),
  ca: authority.describe("The authority of its certificate, in PEM. Left out: one that everybody knows."),
});

const retentionDays = (what: "logs" | "metrics") =>
  z
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .describe(`For how many days ${what} are kept, on the disk of each control plane.`);

const logsSchema = z.strictObject({
  retentionDays: retentionDays("logs"),
  maximumGiB: z
    .number()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      "How much of each control plane's disk they may take, GiB; the oldest go before there is more. Left out: 10 MiB for each machine and day.",
    ),
  sendTo: syslogSchema
    .optional()
    .describe("A syslog server of yours that every machine sends its logs to as well, in RFC 5424's form over TLS."),
});

/** Metrics of every machine and part of the site, and alerts from what the plan promises (O1). */
export const monitoringSchema = z.strictObject({
  retentionDays: retentionDays("metrics"),
  alerts: z
    .array(z.discriminatedUnion("kind", [webhookRoute, emailRoute]).describe("Where alerts go."))
    .max(10)
    .default([])
    .describe("Where alerts go. None: they are seen by who looks."),
  logs: logsSchema
    .optional()
    .describe(
      "Logs of machines, of pods and of who asked the API for what, kept beside the metrics. Left out: each machine has its own.",
    ),
  remoteWrite: remoteWriteSchema
    .optional()
    .describe("Where metrics are sent as well, by Prometheus' remote write. Left out: they stay in the site."),
});
