import { monitoringCertificate, monitoringEtcdClient } from "../../pki/certificates";
import type { MachinePlan, SitePlan } from "../../plan/model";
import { machinesOf } from "../../plan/roles";
import { alertRules } from "../alerts/rules";
import type { FileSpec } from "../file";
import { certificateFiles, file, privateFile, secret } from "../file";
import { alertmanagerConfiguration, meshTls } from "../monitoring/alertmanager";
import { siteDashboard } from "../monitoring/dashboard";
import { DASHBOARDS_FOLDER, MONITORING_FOLDER, scrapeConfiguration, sendsAlerts } from "../monitoring/jobs";
import { monitoringPod } from "../monitoring/pod";
import { remoteWriteFiles } from "../monitoring/remoteWrite";

/** What watches the site from a control plane, where it is watched: its pod, what that reads, and the certificates that it asks with. */
export function monitoringFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  const { monitoring } = plan.spec.addons;
  if (monitoring === undefined) return [];
  const sent = monitoring.remoteWrite && remoteWriteFiles(plan, machine, monitoring.remoteWrite);
  const at = (name: string) => `${MONITORING_FOLDER}/${name}`;
  const mesh: Record<string, string> =
    machinesOf(plan, "control-plane").length > 1 ? { "mesh.yaml": meshTls(MONITORING_FOLDER) } : {};
  const read: Record<string, string> = {
    "rules.yaml": alertRules(plan),
    "scrape.yaml": scrapeConfiguration(plan),
    ...(sendsAlerts(plan) && { "alertmanager.yaml": alertmanagerConfiguration(plan, monitoring), ...mesh }),
    ...sent?.read,
  };
  const secrets = Object.entries(sent?.secret ?? {});
  const dashboard = `${JSON.stringify(siteDashboard(plan), null, 2)}\n`;
  return [
    // Read at each look at it: nothing starts anew.
    file(`${DASHBOARDS_FOLDER}/site.json`, dashboard, ["monitoring"]),
    ...Object.entries(read).map(([name, text]) => file(at(name), text, ["monitoring"])),
    ...secrets.map(([name, content]) => privateFile(at(name), content, ["monitoring"])),
    privateFile(at("pod.yaml"), monitoringPod(plan, machine, monitoring, Object.values(read)), ["monitoring"]),
    file(at("ca.crt"), secret("authority/cluster"), ["monitoring"]),
    file(at("etcd-ca.crt"), secret("authority/etcd"), ["monitoring"]),
    ...certificateFiles(at("client"), monitoringCertificate(machine), ["monitoring"]),
    ...certificateFiles(at("etcd-client"), monitoringEtcdClient, ["monitoring"]),
  ];
}
