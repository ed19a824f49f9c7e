import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { isBech32 } from "../bech32";
import { comesForEver, isCalendarEvent } from "../calendar";
import { sshKeyFault } from "../sshKey";

/** A public SSH key of one of these types, `type base64`, with a comment or without. */
function publicKey(types: string, fix: string) {
  return z
    .string()
    .max(4096)
    .regex(new RegExp(`^(${types}) [A-Za-z0-9+/=]+( [-\\w@.]+)?$`), { error: fix, abort: true })
    .superRefine((line, context) => {
      const fault = sshKeyFault(line);
      if (fault !== undefined) context.addIssue({ code: "custom", message: fix, params: { fact: fault } });
    });
}

/** The public key that a server is known by. */
export const serverHostKey = publicKey(
  "(?:ssh|ecdsa|sk)-[-a-z0-9@.]+",
  "use a public key line: ssh-ed25519 AAAA\u2026, as in /etc/ssh/ssh_host_ed25519_key.pub",
);

/** The same of a machine that is asked over the network. */
export const targetHostKey = publicKey(
  "ssh-ed25519|ecdsa-sha2-nistp256|ssh-rsa",
  "use a line of ssh-keyscan, without the host",
);

/** What the public key of a post-quantum pair begins with (ML-KEM-768 with X25519, age 1.3). */
export const POST_QUANTUM = "age1pq1";

/** A public key of age with its checksum: of X25519, or of a post-quantum pair. */
export const ageRecipient = z
  .string()
  .regex(/^age1([02-9ac-hj-np-z]{58}|pq1[02-9ac-hj-np-z]{1952})$/, {
    error: "use a public key of age-keygen: age1\u2026",
    abort: true,
  })
  .superRefine((text, context) => {
    if (!isBech32(text))
      context.addIssue({
        code: "custom",
        message: "copy it again from age-keygen",
        params: { fact: "its checksum is wrong: a letter was mistyped or left out" },
      });
  });

/** When something is done: a calendar event of systemd. */
export const calendarEvent = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9*][A-Za-z0-9 *:,./~_+-]*$/, {
    error: "use a systemd calendar event, for example hourly or *-*-* 02:00",
    abort: true,
  })
  .refine(isCalendarEvent, { error: "use a systemd calendar event, for example hourly or *-*-* 02:00", abort: true })
  .superRefine((text, context) => {
    if (!comesForEver(text))
      context.addIssue({
        code: "custom",
        message: "use one that comes every year, for example *-*-* 02:00",
        params: { fact: `"${text}" never comes, or comes no more after its last year` },
      });
  });

/** A certificate in PEM, and nothing before it. */
export function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== undefined && text.startsWith("-----BEGIN CERTIFICATE-----");
  } catch {
    return false;
  }
}
