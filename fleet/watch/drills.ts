import { DateTime } from "luxon";
import { byName } from "../../site/description/order";
import type { Problem } from "../../site/description/problem";
import type { DrillNights } from "../file/schema";
import type { WatchedSite } from "./work";

/**
 * The number of a night, counted in days by the clock of a time zone.
 *
 * @param at in ms
 */
export function nightOf(at: number, timeZone = "UTC"): number {
  const { year, month, day } = DateTime.fromMillis(at, { zone: timeZone });
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

/**
 * The sites that are drilled in a night: each once in so many days, and never two with one value of the label in one night. Which night a
 * site has follows from its place among those of its group, so nothing is kept.
 */
export function drillsOf(sites: readonly WatchedSite[], drills: DrillNights, night: number): string[] {
  const today = ((night % drills.everyDays) + drills.everyDays) % drills.everyDays;
  return [...groupsOf(sites, drills.notTogether)]
    .flatMap(([, names], group) =>
      names.filter((_, i) => (group + i * stride(names, drills)) % drills.everyDays === today),
    )
    .sort(byName);
}

/** Groups that are too large for each of their sites to have a night of its own. */
export function drillProblems(sites: readonly WatchedSite[], drills: DrillNights): Problem[] {
  return [...groupsOf(sites, drills.notTogether)]
    .filter(([value, names]) => value !== undefined && names.length > drills.everyDays)
    .map(([value, { length }]) => ({
      path: "watch.drills.everyDays",
      fact: `${length} sites of ${drills.notTogether} ${value} do not have ${drills.everyDays} nights of their own`,
      fix: `use ${length} or more`,
    }));
}

/** Sites of one value of the label; those without it are one group as well. */
function groupsOf(sites: readonly WatchedSite[], label: string | undefined): Map<string | undefined, string[]> {
  const groups = new Map<string | undefined, string[]>();
  for (const { name, labels } of [...sites].sort((a, b) => byName(a.name, b.name))) {
    const value = label === undefined ? undefined : labels[label];
    groups.set(value, [...(groups.get(value) ?? []), name]);
  }
  return groups;
}

/** Nights between two drills of a group: they are spread over all that there are. */
function stride({ length }: readonly string[], { everyDays }: DrillNights): number {
  return Math.max(1, Math.floor(everyDays / length));
}
