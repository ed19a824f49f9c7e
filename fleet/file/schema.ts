import { IANAZone } from "luxon";
import { z } from "zod";
import { addressRange, cidrv4, ipv4 } from "../../site/description/schema/addresses";
import { dnsLabel, domainName } from "../../site/description/schema/names";
import { DAYS } from "./days";

/** A part of a site's description; what it may say is asked of the whole that it becomes a part of. */
const part = z.record(z.string(), z.json().describe("A setting of a site's description."));

const labelName = dnsLabel;
const labels = z.record(labelName, domainName.describe("The label's value."));

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "use hours and minutes, 00:00 to 23:59");

export const windowSchema = z.strictObject({
  days: z
    .array(z.enum(DAYS).describe("A day of the week."))
    .min(1)
    .max(7)
    .default([...DAYS])
    .describe("The days on which it opens. Left out: every day."),
  from: timeOfDay.describe("When it opens, in the site's time: 02:00."),
  to: timeOfDay.describe("When it closes; up to from, it closes on the next day."),
});

/** When a site may be changed. */
export const maintenanceSchema = z.strictObject({
  timeZone: z
    .string()
    .max(64)
    .refine((zone) => IANAZone.isValidZone(zone), "use a name of the time zone database: Europe/Berlin")
    .optional()
    .describe("The site's time zone: Europe/Berlin. Left out: UTC."),
  windows: z
    .array(windowSchema.describe("A window."))
    .max(20)
    .optional()
    .describe("When a rollout may begin to change the site. Left out: at any time."),
});

const drillsSchema = z.strictObject({
  from: timeOfDay.default("01:00").describe("When they begin in a night: 01:00."),
  everyDays: z.int().min(1).max(366).default(90).describe("Each site has one in so many days."),
  notTogether: labelName
    .optional()
    .describe("Sites with one value of this label never have theirs in the same night: town."),
  machines: addressRange.describe(
    "Addresses that nobody has, for the drill's machines, in the defaults' network: each site has the same place in its own.",
  ),
  apiVip: ipv4.describe("One more, for the drill's API."),
});

/** What a look can find that an `up` mends. */
export const REPAIRS = ["changed-by-hand", "not-brought-up", "certificates"] as const;

const repairSchema = z.strictObject({
  what: z
    .array(
      z
        .enum(REPAIRS)
        .describe(
          "changed-by-hand: objects and machines are other than their state; not-brought-up: what is described differs from what runs; certificates: one ends soon.",
        ),
    )
    .min(1)
    .max(REPAIRS.length)
    .refine((kinds) => new Set(kinds).size === kinds.length, "name each once")
    .describe("What is mended without a person."),
  policy: z
    .string()
    .min(1)
    .max(1000)
    .optional()
    .describe("How its rollout goes: a file like rollout.yaml, from where this one lies. Left out: by the defaults."),
});

/** How sites are watched. */
export const watchSchema = z.strictObject({
  timeZone: z
    .string()
    .max(64)
    .refine((zone) => IANAZone.isValidZone(zone), "use a name of the time zone database: Europe/Berlin")
    .default("UTC")
    .describe("The time zone of its times: Europe/Berlin."),
  looks: z
    .array(timeOfDay.describe("A time of day."))
    .min(1)
    .max(24)
    .refine((times) => new Set(times).size === times.length, "name each time once")
    .default(["04:00"])
    .describe("When every site is looked at."),
  atOnce: z.int().min(1).max(100).default(2).describe("At most so many sites are looked at at the same time."),
  repair: repairSchema
    .optional()
    .describe("What looks find is mended by a rollout of its own, signed with the worker's key. Left out: never."),
  drills: drillsSchema.optional().describe("When sites are restored beside themselves; left out: never by itself."),
});

const groupSchema = z.strictObject({
  labels: labels.describe("The sites of the group: those that have all of these labels."),
  maintenance: maintenanceSchema.optional().describe("When its sites may be changed, instead of the fleet's."),
  settings: part.default({}).describe("What its sites have, over the defaults and the groups before."),
});

const siteSchema = z.strictObject({
  labels: labels.default({}).describe("What groups and rollouts choose the site by."),
  description: z
    .enum(["fleet", "stack"])
    .default("fleet")
    .describe(
      "Where the site is described: fleet, here, and its stack file is written from this one; stack, in a stack file of its own, as `new-site` makes them, and of this file it has labels, maintenance and watch alone.",
    ),
  network: cidrv4
    .optional()
    .describe("Its network: every address of the defaults' network has the same place in it. Left out: from the pool."),
  maintenance: maintenanceSchema.optional().describe("When it may be changed, instead of the fleet's and its groups'."),
  settings: part.default({}).describe("What is its own, over all the others."),
});

/** The file of a fleet: what all its sites have, what groups of them have, what each has. */
export const fleetSchema = z.strictObject({
  version: z.literal(1).default(1).describe("The version of this schema."),
  labels: z
    .record(labelName, z.array(domainName.describe("A value.")).min(1).max(1000).describe("The values it may have."))
    .default({})
    .describe("The labels that there are, each with its values: a mistyped one is told."),
  maintenance: maintenanceSchema.default({}).describe("When sites may be changed."),
  watch: watchSchema.default(watchSchema.parse({})).describe("How `groundwork fleet watch` looks at them."),
  defaults: part
    .default({})
    .describe("What every site has; {name} in a text is the site's name, {labels.NAME} its label's value."),
  groups: z
    .record(dnsLabel, groupSchema.describe("A group."))
    .default({})
    .describe("What sites with certain labels have."),
  sites: z.record(dnsLabel, siteSchema.describe("A site, by its name.")).describe("The sites."),
});

export type Fleet = z.output<typeof fleetSchema>;
export type FleetSite = z.output<typeof siteSchema>;
export type Maintenance = z.output<typeof maintenanceSchema>;
export type WatchTimes = z.output<typeof watchSchema>;
export type DrillNights = z.output<typeof drillsSchema>;
export type Repair = z.output<typeof repairSchema>;
export type Window = z.output<typeof windowSchema>;
export type Labels = z.output<typeof labels>;
