import { isDeepStrictEqual } from "node:util";
import type { Problem } from "../../site/description/problem";
import type { SiteSpec } from "../../site/description/spec";
import type { Description } from "./description";

/**
 * Takes out what a site would share with the one it is made from although it is to have its own: recipients of backups, and places for
 * them. What the owner set is the owner's.
 *
 * @returns what is missing then
 */
export function withoutShared(description: Description, source: SiteSpec, set: readonly string[]): Problem[] {
  const isSet = (path: string) => set.some((one) => one === "backup" || one === path || one.startsWith(`${path}[`));
  const missing: Problem[] = [];
  const { backup, loadBalancer } = source;
  if (loadBalancer.kind !== "haproxy" && description.get(["loadBalancer", "endpoint"]) === loadBalancer.endpoint)
    missing.push({
      path: "loadBalancer.endpoint",
      fact: `it is that of ${source.name}`,
      fix: "pass --set loadBalancer.endpoint=NAME",
    });
  if (!backup || !Array.isArray(description.get(["backup", "targets"]))) return missing;
  if (!isSet("backup.recipients")) {
    description.set(["backup", "recipients"], []);
    missing.push({
      path: "backup.recipients",
      fact: `those of ${source.name} are not copied`,
      fix: "make a key with age-keygen, keep it apart from the site, and write its public half there: age1\u2026",
    });
  }
  const before = placesOf(source.backup);
  const targets = description.get(["backup", "targets"]) as Target[];
  targets.map(placeOf).forEach((place, i, all) => {
    if (isSet("backup.targets") || !before.some((other) => isDeepStrictEqual(place, other))) return;
    description.delete([
      "backup",
      "targets",
      i - (all.length - (description.get(["backup", "targets"]) as Target[]).length),
    ]);
    missing.push({
      path: `backup.targets[${i}]`,
      fact: `it is where ${source.name} puts its backups, so it is not copied`,
      fix: "name a folder or bucket of the site's own, or pass --set",
    });
  });
  return missing;
}

interface Target {
  kind?: unknown;
  host?: unknown;
  port?: unknown;
  path?: unknown;
  endpoint?: unknown;
  bucket?: unknown;
  prefix?: unknown;
}

function placesOf(backup: SiteSpec["backup"]): unknown[] {
  return (backup?.targets ?? []).map((target) => placeOf(target));
}

/** Where a target's files come to lie. */
function placeOf({ kind, host, port = 22, path = ".", endpoint, bucket, prefix = "" }: Target): unknown[] {
  return kind === "s3" ? [endpoint, bucket, prefix] : [host, port, path];
}
