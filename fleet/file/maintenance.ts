import { hasLabels } from "./read";
import type { Fleet, FleetSite, Maintenance } from "./schema";

/** When a site may be changed: what it says itself, else its last group that says something, else the fleet. */
export function maintenanceOf(fleet: Fleet, site: FleetSite): Maintenance {
  const groups = Object.values(fleet.groups).filter((group) => hasLabels(site, group.labels));
  return Object.assign({}, ...[fleet, ...groups, site].map(({ maintenance }) => maintenance));
}
