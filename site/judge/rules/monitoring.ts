import { allocatable } from "../../description/kubeletReservations";
import { machinesOf } from "../../plan/roles";
import { rule } from "./rule";

/** How much of a control plane's system disk metrics may fill: images, logs and the system have the rest. */
const SHARE = 0.5;

export const monitoringFits = rule({
  id: "monitoring-fits",
  subject: "Monitoring",
  scope: "site",
  sentence: "what metrics and logs take in the time that they are kept fits into half of each control plane's disk",
  severity: "mandatory",
  source: "O1 [B, A]",
  fix: "set fewer addons.monitoring.retentionDays, less for logs, or a larger controlPlanes.diskGiB",
  check: (facts) => {
    const { monitoring } = facts;
    if (monitoring === undefined) return [];
    const sizes = machinesOf(facts, "control-plane").flatMap(({ name, disks }) =>
      disks.flatMap(({ name: disk, sizeGiB }) =>
        disk === "system" && sizeGiB !== undefined ? [{ name, sizeGiB }] : [],
      ),
    );
    const [smallest] = sizes.sort((a, b) => a.sizeGiB - b.sizeGiB || (a.name < b.name ? -1 : 1));
    const { retentionDays, diskGiB, logsGiB } = monitoring;
    if (smallest === undefined || diskGiB + logsGiB <= smallest.sizeGiB * SHARE) return [];
    const logs = logsGiB > 0 ? `, logs up to ${logsGiB} GiB` : "";
    return [
      {
        path: logsGiB > diskGiB ? "addons.monitoring.logs" : "addons.monitoring.retentionDays",
        message: `metrics of ${retentionDays} days take ${diskGiB} GiB${logs}, and ${smallest.name} has a disk of ${smallest.sizeGiB} GiB`,
      },
    ];
  },
});

/** MiB that a control plane's own programs have in use beside that: the API server, kept small by how many requests it takes, and those around it. */
const OWN_MIB = 1024;
/** And for each node that they look after. */
const OWN_MIB_A_NODE = 8;

export const monitoringHasMemory = rule({
  id: "monitoring-memory",
  subject: "Monitoring",
  scope: "site",
  sentence: "each control plane has the memory for what watches the site beside its own programs",
  severity: "mandatory",
  source: "O1, C1 [B, A]",
  fix: "give control planes more memory (controlPlanes.memoryGiB), or leave parts of addons.monitoring out",
  check: (facts) => {
    const { monitoring } = facts;
    if (monitoring === undefined) return [];
    const own = OWN_MIB + OWN_MIB_A_NODE * machinesOf(facts, "control-plane", "worker").length;
    return machinesOf(facts, "control-plane").flatMap(({ name, path, cpus = 2, memoryGiB }) => {
      if (memoryGiB === undefined) return [];
      const left = Math.floor(allocatable({ cpus, memoryGiB }).memoryGiB * 1024);
      if (monitoring.memoryMiB + own <= left) return [];
      return [
        {
          path: `${path}.memoryGiB`,
          message: `what watches the site asks for ${monitoring.memoryMiB} MiB on ${name}, whose own programs need about ${own}, and of its ${memoryGiB} GiB ${left} MiB are for pods`,
          // It would start, and its neighbours would be short.
          severity: monitoring.memoryMiB <= left ? ("advisory" as const) : ("mandatory" as const),
        },
      ];
    });
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
