import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { growthOf } from "../../site/render/diskGrowth";

/** Whether the plan reckons with a file of a machine as one that grows. */
export function reckonsWith(plan: SitePlan, machine: MachinePlan, path: string): boolean {
  const places = growthOf(plan, machine).flatMap(({ place }) => place.split(", "));
  const pattern = (place: string) => place.replaceAll(".", "\\.").replaceAll("*", "[^/]*");
  return places.some((place) => new RegExp(`^${pattern(place)}(/|$)`).test(path));
}
