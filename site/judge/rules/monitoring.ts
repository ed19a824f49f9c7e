import { machinesOf } from "../../plan/roles";
import { rule } from "./rule";

/** How much of a control plane's system disk metrics may fill: images, logs and the system have the rest. */
const SHARE = 0.5;

export const monitoringFits = rule({
  id: "monitoring-fits",
  subject: "Monitoring",
  scope: "site",
  sentence: "what metrics take in the time that they are kept fits into half of each control plane's disk",
  severity: "mandatory",
  source: "O1 [B, A]",
  fix: "set fewer addons.monitoring.retentionDays, or a larger controlPlanes.diskGiB",
  check: (facts) => {
    const { monitoring } = facts;
    if (monitoring === undefined) return [];
    const sizes = machinesOf(facts, "control-plane").flatMap(({ name, disks }) =>
      disks.flatMap(({ name: disk, sizeGiB }) =>
        disk === "system" && sizeGiB !== undefined ? [{ name, sizeGiB }] : [],
      ),
    );
    const [smallest] = sizes.sort((a, b) => a.sizeGiB - b.sizeGiB || (a.name < b.name ? -1 : 1));
    if (smallest === undefined || monitoring.diskGiB <= smallest.sizeGiB * SHARE) return [];
    return [
      {
        path: "addons.monitoring.retentionDays",
        message: `metrics of ${monitoring.retentionDays} days take ${monitoring.diskGiB} GiB, and ${smallest.name} has a disk of ${smallest.sizeGiB} GiB`,
      },
    ];
  },
});

export const alertsAreTold = rule({
  id: "alerts-told",
  subject: "Monitoring",
  scope: "site",
  sentence: "the alerts of a site that is watched go to somebody",
  severity: "advisory",
  source: "O1 [B, A]",
  fix: "list a webhook or people's mail in addons.monitoring.alerts",
  check: ({ monitoring }) =>
    monitoring === undefined || monitoring.routes > 0
      ? []
      : [{ path: "addons.monitoring.alerts", message: "alerts go to nobody" }],
});
