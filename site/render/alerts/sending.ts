import type { SitePlan } from "../../plan/model";
import { machinesOf } from "../../plan/roles";
import { ELSEWHERE } from "../monitoring/logSender";
import { RECEIVER } from "../monitoring/remoteWrite";
import { type Alert, type AlertGroup, alertsFor, CHAPTERS } from "./alert";

/** Of logs that are kept, and of what is sent elsewhere, where the site describes either (O1): a receiver that takes nothing more. */
export function sendingAlerts(plan: SitePlan): AlertGroup[] {
  const { logs, remoteWrite } = plan.spec.addons.monitoring ?? {};
  const rules = [
    ...(logs ? keptLogs(plan) : []),
    ...(logs?.sendTo ? [sentLogs(plan, `${logs.sendTo.server}:${logs.sendTo.port}`)] : []),
    ...(remoteWrite ? [sentMetrics(plan, new URL(remoteWrite.url).host)] : []),
  ];
  return rules.length > 0 ? [{ name: "sending", rules }] : [];
}

/** Something has waited for so long without ever being all sent, or was lost because too much did. */
const stuck = (to: string) =>
  `(count(min_over_time(groundwork_logs_waiting{to="${to}"}[10m]) > 0 or increase(groundwork_logs_lost_total{to="${to}"}[10m]) > 0)) > 0`;

function keptLogs(plan: SitePlan): Alert[] {
  const { warning } = alertsFor(plan.site);
  return machinesOf(plan, "control-plane").map(({ name, host }) =>
    warning(
      "LogsNotKept",
      `${stuck(name)} or (count(min_over_time(groundwork_logs_waiting{to="store",machine="${name}"}[10m]) > 0)) > 0`,
      "2m",
      {
        summary: `${name} on ${host} does not take the logs of {{ $value }} machines: they wait on those machines' disks, and what does not fit there is lost.`,
        runbook: CHAPTERS.machine,
        action: `see \`journalctl -u groundwork-log-sender\` on ${name}, and whether its disk is full`,
      },
      { machine: name, host },
    ),
  );
}

function sentLogs(plan: SitePlan, receiver: string): Alert {
  return alertsFor(plan.site).warning("LogsNotSentOn", stuck(ELSEWHERE), "2m", {
    summary: `${receiver} does not take the logs of {{ $value }} machines: they wait on those machines' disks, and what does not fit there is lost. They are kept in the site all the same.`,
    runbook: CHAPTERS.health,
    action: "see `journalctl -u groundwork-log-sender` on a machine, and addons.monitoring.logs.sendTo",
  });
}

function sentMetrics(plan: SitePlan, receiver: string): Alert {
  const of = (name: string, more = "") => `increase(vmagent_remotewrite_${name}{url="${RECEIVER}"${more}}[10m])`;
  return alertsFor(plan.site).warning(
    "MetricsNotSentOn",
    `(count(${of("requests_total", ',status_code="2XX"')} == 0 or ${of("packets_dropped_total")} > 0)) > 0`,
    "2m",
    {
      summary: `${receiver} does not take the metrics of {{ $value }} control planes: they wait on their disks, and the oldest are lost when there is too much. They are kept in the site all the same.`,
      runbook: CHAPTERS.health,
      action:
        "see `kubectl -n kube-system logs -l k8s-app=groundwork-monitoring -c vmagent`, and addons.monitoring.remoteWrite",
    },
  );
}
