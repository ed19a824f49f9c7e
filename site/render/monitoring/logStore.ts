import type { Monitoring } from "../../description/spec";
import type { SitePlan } from "../../plan/model";
import { monitoringImages } from "../images";
import { keyReader, probes, resources } from "./container";
import { MONITORING_PORTS } from "./jobs";
import { monitoringSize } from "./size";

/** Where logs are kept on a control plane. */
export const LOGS_DATA = "/var/lib/groundwork/logs";

/** VictoriaLogs, which keeps the logs of every machine for a time and up to a size; it takes them from rsyslog on the same machine. */
export function victoriaLogs(plan: SitePlan, { retentionDays }: NonNullable<Monitoring["logs"]>): object {
  const { memoryMiB, logsGiB } = monitoringSize(plan);
  return {
    name: "victoria-logs",
    image: monitoringImages(plan.spec).victoriaLogs,
    imagePullPolicy: "IfNotPresent",
    command: ["/victoria-logs-prod"],
    args: [
      `-httpListenAddr=127.0.0.1:${MONITORING_PORTS.logs}`,
      `-syslog.listenAddr.tcp=127.0.0.1:${MONITORING_PORTS.logLines}`,
      '-syslog.streamFields.tcp=["hostname","app_name"]',
      "-storageDataPath=/logs",
      `-retentionPeriod=${retentionDays}d`,
      `-retention.maxDiskSpaceUsageBytes=${logsGiB}GiB`,
      "-storage.minFreeDiskSpaceBytes=1GiB",
      `-memory.allowedBytes=${Math.floor(memoryMiB.logs / 3)}MiB`,
      // It would keep what it says of its own work.
      "-loggerLevel=WARN",
    ],
    resources: resources("20m", memoryMiB.logs, 3 * memoryMiB.logs),
    ...probes("/health", MONITORING_PORTS.logs),
    securityContext: keyReader,
    volumeMounts: [{ name: "logs", mountPath: "/logs" }],
  };
}
