import { z } from "zod";
import { sentence } from "./names";

/** Somebody to call when the site is broken; only the runbook shows it. */
export const contactSchema = z.strictObject({
  name: sentence.describe("Who: a person, a team or a company."),
  role: sentence.describe("What to call them for: on-call engineer, keys of the building, hardware vendor."),
  phone: z
    .string()
    .regex(/^\+?[0-9][-0-9 ()./]{2,38}$/, "use digits, blanks and + ( ) . - /")
    .optional()
    .describe("Their telephone number."),
  mail: z.email().max(254).optional().describe("Their mail address."),
});
