import { posix } from "node:path";
import { leastHoursBetween } from "../calendar";
import type { Problem } from "../problem";
import { POST_QUANTUM } from "../schema/keys";
import type { SiteSpec } from "../spec";

/** Recipients and targets of backups, each listed once. */
export function consistentBackup({ backup }: SiteSpec): Problem[] {
  if (!backup) return [];
  const targets = backup.targets.map((target) =>
    target.kind === "sftp"
      ? `${target.host.toLowerCase()}:${target.port}/${posix.join(target.path, ".").replace(/\/$/, "")}`
      : `${new URL(target.endpoint).host}/${target.bucket}/${target.prefix.replace(/\/+$/, "")}`,
  );
  return [
    ...tooRare(backup.schedule, backup.maximumAgeHours),
    ...mixed(backup.recipients),
    ...twice("backup.recipients", backup.recipients, "a second copy for the same key is none"),
    ...twice("backup.targets", targets, "copies at one place are lost together"),
  ];
}

/** A last backup that is too old for most of the time. */
function tooRare(schedule: string, maximumAgeHours: number): Problem[] {
  const hours = leastHoursBetween(schedule);
  return hours <= maximumAgeHours
    ? []
    : [
        {
          path: "backup.maximumAgeHours",
          fact: `${maximumAgeHours} h end before the next backup, as ${schedule} comes no more often than every ${hours} h`,
          fix: `use at least ${hours + 1}, or a schedule that comes more often`,
        },
      ];
}

/** What is encrypted to both kinds is no safer than the weaker one: age refuses it. */
function mixed(recipients: readonly string[]): Problem[] {
  const strong = recipients.filter((recipient) => recipient.startsWith(POST_QUANTUM)).length;
  return strong === 0 || strong === recipients.length
    ? []
    : [
        {
          path: "backup.recipients",
          fact: `${strong} of ${recipients.length} are post-quantum keys, and age mixes them with no other kind`,
          fix: "use keys of `age-keygen -pq` for all, or for none",
        },
      ];
}

function twice(path: string, values: readonly string[], why: string): Problem[] {
  return values.flatMap((value, i) => {
    const earlier = values.indexOf(value);
    return earlier < i
      ? [{ path: `${path}[${i}]`, fact: `it is the same as ${path}[${earlier}]: ${why}`, fix: "list each once" }]
      : [];
  });
}
