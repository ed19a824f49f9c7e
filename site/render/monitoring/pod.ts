import { createHash } from "node:crypto";
import type { Monitoring } from "../../description/spec";
import type { MachinePlan, SitePlan } from "../../plan/model";
import { machinesOf } from "../../plan/roles";
import { monitoringImages } from "../images";
import { yaml } from "../yaml";
import { configuration, keyReader, probes, resources } from "./container";
import { DASHBOARDS_FOLDER, MONITORING_FOLDER, MONITORING_PORTS, SCRAPE_SECONDS, sendsAlerts } from "./jobs";
import { LOGS_DATA, victoriaLogs } from "./logStore";
import { REMOTE_WRITE_DATA, vmagent } from "./remoteWrite";
import { monitoringSize } from "./size";

/** Where metrics are kept on a control plane. */
export const METRICS_DATA = "/var/lib/groundwork/metrics";
/** Where Alertmanagers of several control planes speak to each other, over TLS. */
const MESH_PORT = 9094;
const NAME = "groundwork-monitoring";
/** The authorities that a machine knows: its own, kept up to date with it. */
const AUTHORITIES = "/etc/ssl/certs";

/**
 * What watches the site, on each control plane: VictoriaMetrics, which asks for metrics and keeps them; vmalert, which judges them; Alertmanager,
 * where alerts go somewhere; vmagent, where metrics do; and VictoriaLogs, where logs are kept. A pod of the machine's own (static), so that it runs, and starts again, without etcd, the API
 * and the scheduler, which it tells of. Everything listens on the loopback address but Alertmanagers among themselves.
 *
 * @param configured what its programs read, so that it starts again when that changes
 */
export function monitoringPod(
  plan: SitePlan,
  machine: MachinePlan,
  monitoring: Monitoring,
  configured: readonly string[],
): string {
  const { logs, remoteWrite } = monitoring;
  const digest = createHash("sha256").update(JSON.stringify(configured)).digest("hex");
  return yaml({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: NAME,
      namespace: "kube-system",
      labels: { "k8s-app": NAME },
      annotations: { "groundwork.local/configuration": digest },
    },
    spec: {
      hostNetwork: true,
      priorityClassName: "system-node-critical",
      priority: 2000001000,
      enableServiceLinks: false,
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        victoriaMetrics(plan, machine, monitoring),
        ...(remoteWrite ? [vmagent(plan, remoteWrite, machineEnvironment(machine))] : []),
        vmalert(plan, monitoring),
        ...(sendsAlerts(plan) ? [alertmanager(plan, machine)] : []),
        ...(logs ? [victoriaLogs(plan, logs)] : []),
      ],
      volumes: [
        { name: "configuration", hostPath: { path: MONITORING_FOLDER, type: "Directory" } },
        { name: "metrics", hostPath: { path: METRICS_DATA, type: "DirectoryOrCreate" } },
        ...(sendsAlerts(plan) ? [{ name: "alerts", emptyDir: { sizeLimit: "64Mi" } }] : []),
        ...(sendsAlerts(plan) || (remoteWrite && remoteWrite.ca === undefined)
          ? [{ name: "authorities", hostPath: { path: AUTHORITIES, type: "Directory" } }]
          : []),
        ...(remoteWrite
          ? [{ name: "metrics-to-send", hostPath: { path: REMOTE_WRITE_DATA, type: "DirectoryOrCreate" } }]
          : []),
        ...(logs ? [{ name: "logs", hostPath: { path: LOGS_DATA, type: "DirectoryOrCreate" } }] : []),
      ],
    },
  });
}

function victoriaMetrics(plan: SitePlan, machine: MachinePlan, { retentionDays, remoteWrite }: Monitoring): object {
  const { metrics: memoryMiB } = monitoringSize(plan).memoryMiB;
  return {
    name: "victoria-metrics",
    image: monitoringImages(plan.spec).victoriaMetrics,
    imagePullPolicy: "IfNotPresent",
    command: ["/victoria-metrics-prod"],
    args: [
      `-httpListenAddr=127.0.0.1:${MONITORING_PORTS.metrics}`,
      "-storageDataPath=/metrics",
      `-retentionPeriod=${retentionDays}d`,
      "-storage.minFreeDiskSpaceBytes=1GiB",
      `-memory.allowedBytes=${Math.floor(memoryMiB / 3)}MiB`,
      ...(remoteWrite
        ? []
        : [`-promscrape.config=${MONITORING_FOLDER}/scrape.yaml`, "-promscrape.config.strictParse=true"]),
      `-vmui.customDashboardsPath=${DASHBOARDS_FOLDER}`,
    ],
    env: machineEnvironment(machine),
    resources: resources("50m", memoryMiB, 3 * memoryMiB),
    ...probes("/health", MONITORING_PORTS.metrics),
    securityContext: keyReader,
    volumeMounts: [configuration, { name: "metrics", mountPath: "/metrics" }],
  };
}

/** What the list of those that are asked says in place of the machine that asks. */
function machineEnvironment({ name, host, address }: MachinePlan): object[] {
  return Object.entries({ MACHINE: name, HOST: host, ADDRESS: address }).map(([key, value]) => ({ name: key, value }));
}

function vmalert(plan: SitePlan, { remoteWrite }: Monitoring): object {
  const metrics = `http://127.0.0.1:${MONITORING_PORTS.metrics}`;
  const { rules } = monitoringSize(plan).memoryMiB;
  return {
    name: "vmalert",
    image: monitoringImages(plan.spec).vmalert,
    imagePullPolicy: "IfNotPresent",
    command: ["/vmalert-prod"],
    args: [
      `-httpListenAddr=127.0.0.1:${MONITORING_PORTS.rules}`,
      `-rule=${MONITORING_FOLDER}/rules.yaml`,
      `-evaluationInterval=${SCRAPE_SECONDS}s`,
      `-datasource.url=${metrics}`,
      `-remoteRead.url=${metrics}`,
      // What fires is sent on with all else.
      `-remoteWrite.url=${remoteWrite ? `http://127.0.0.1:${MONITORING_PORTS.sent}` : metrics}`,
      sendsAlerts(plan) ? `-notifier.url=http://127.0.0.1:${MONITORING_PORTS.alerts}` : "-notifier.blackhole",
    ],
    resources: resources("10m", rules, 4 * rules),
    ...probes("/health", MONITORING_PORTS.rules),
    securityContext: { ...keyReader, runAsUser: 65534, runAsNonRoot: true },
    volumeMounts: [configuration],
  };
}

function alertmanager(plan: SitePlan, machine: MachinePlan): object {
  const { alerts: memoryMiB } = monitoringSize(plan).memoryMiB;
  const others = machinesOf(plan, "control-plane").filter(({ name }) => name !== machine.name);
  const mesh =
    others.length > 0
      ? [
          `--cluster.listen-address=${machine.address}:${MESH_PORT}`,
          ...others.map(({ address }) => `--cluster.peer=${address}:${MESH_PORT}`),
          `--cluster.tls-config=${MONITORING_FOLDER}/mesh.yaml`,
        ]
      : ["--cluster.listen-address="];
  return {
    name: "alertmanager",
    image: monitoringImages(plan.spec).alertmanager,
    imagePullPolicy: "IfNotPresent",
    command: ["/bin/alertmanager"],
    args: [
      `--web.listen-address=127.0.0.1:${MONITORING_PORTS.alerts}`,
      `--config.file=${MONITORING_FOLDER}/alertmanager.yaml`,
      "--storage.path=/alerts",
      ...mesh,
    ],
    resources: resources("10m", memoryMiB, 4 * memoryMiB),
    ...probes("/-/healthy", MONITORING_PORTS.alerts),
    securityContext: keyReader,
    volumeMounts: [
      configuration,
      { name: "alerts", mountPath: "/alerts" },
      { name: "authorities", mountPath: AUTHORITIES, readOnly: true },
    ],
  };
}
