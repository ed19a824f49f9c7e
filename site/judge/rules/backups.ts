import type { Facts } from "../../facts/model";
import { type Breach, parameterised, rule } from "./rule";

const source = "D1 [B, A]";
const hour = 3_600_000;

/** Only sites that have an etcd need a backup of it. */
const judged = (facts: Facts) => facts.machines.some((m) => m.role === "etcd");

const unknown: Breach = {
  path: "backup",
  message: "nothing is known of a backup of etcd",
  fix: "describe where they go in the site's backup block, or make them yourself and say so in the setting `backup`",
};

export const backupsAreMade = rule({
  id: "backup-made",
  subject: "Backups",
  scope: "site",
  withoutSite: "with etcd",
  attested: true,
  sentence: "etcd is backed up on a timer, and the copies are encrypted",
  severity: "advisory",
  source,
  fix: "encrypt the snapshots: they hold every Secret and key of the cluster",
  check: (facts) => {
    if (!judged(facts)) return [];
    if (facts.backup === undefined) return [unknown];
    return facts.backup.encrypted ? [] : [{ path: "backup", message: "the backups of etcd are not encrypted" }];
  },
});

export const backupsAreElsewhere = rule({
  id: "backup-elsewhere",
  subject: "Backups",
  scope: "site",
  withoutSite: "with etcd",
  attested: true,
  sentence: "copies of etcd lie where no host of the site can take them along",
  severity: "advisory",
  source,
  fix: "copy them to another room or site, and name it in the setting `backup`",
  check: (facts) => {
    if (!judged(facts)) return [];
    if (facts.backup === undefined) return [unknown];
    const { copiedTo } = facts.backup;
    const own =
      facts.hosts.some(({ name }) => name === copiedTo) ||
      facts.machines.some(({ name, address }) => name === copiedTo || address === copiedTo);
    return own ? [{ path: "backup", message: `the backups lie on ${copiedTo}, which is a part of the site` }] : [];
  },
});

export const backupsAreRecent = parameterised<{ hours: number }>()({
  id: "backup-age",
  subject: "Backups",
  scope: "site",
  withoutSite: "with etcd",
  attested: true,
  sentence: "the last backup of etcd is recent",
  severity: "advisory",
  source: "D1, O1 [B, A]",
  fix: "find out why the timer does not run, or does not succeed",
  parameters: {
    hours: { type: "integer", minimum: 1, default: 24, description: "How old the last backup may be" },
  },
  check: (facts, { hours }) => {
    if (!judged(facts)) return [];
    if (facts.backup === undefined) return [unknown];
    if (facts.backup.last === undefined)
      return [
        {
          path: "backup",
          message: "it is not known when etcd was backed up last",
          fix: "write the time of each snapshot to the setting `backup.last`",
        },
      ];
    if (facts.now === undefined) return [];
    const age = (facts.now - Date.parse(facts.backup.last)) / hour;
    return age <= hours
      ? []
      : [
          {
            path: "backup",
            message: `the last backup of etcd is ${Math.floor(age)} hours old, ${hours} at most are allowed`,
          },
        ];
  },
});
