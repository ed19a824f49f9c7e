import { isStore } from "../../description/stores";
import type { MachinePlan, SitePlan } from "../../plan/model";
import { machinesOf, nodesOf } from "../../plan/roles";
import { yaml } from "../yaml";

/** The port at which HAProxy tells its metrics to control planes. */
export const HAPROXY_METRICS_PORT = 8405;
/** The port at which every machine tells its own metrics to control planes. */
export const MACHINE_METRICS_PORT = 9101;
/** What watches the site has its configuration and its certificates here, on the machine and in its pod. */
export const MONITORING_FOLDER = "/etc/kubernetes/monitoring";
/** What its pages show, on the machine and in its pod. */
export const DASHBOARDS_FOLDER = `${MONITORING_FOLDER}/dashboards`;
/** The loopback ports of what watches the site: those that answer by HTTP, and where VictoriaLogs takes lines (`logLines`). */
export const MONITORING_PORTS = {
  metrics: 8428,
  sent: 8429,
  rules: 8880,
  alerts: 9093,
  logs: 9428,
  logLines: 9514,
} as const;
/** How often everything is asked, in seconds. */
export const SCRAPE_SECONDS = 30;

/** Distributions that no alert and no page of ours reads, which are most of what Kubernetes' programs tell. */
const NO_BUCKETS = [{ action: "drop", if: '{__name__=~".+_bucket"}' }];
/** Of etcd's distributions: how long its disk and its peers take. */
const ETCD_BUCKETS = [
  {
    action: "drop",
    if: '{__name__=~".+_bucket",__name__!~"etcd_(disk_(wal_fsync|backend_commit)|network_peer_round_trip_time)_.+"}',
  },
];

type Job = { job_name: string } & Record<string, unknown>;

/**
 * What each control plane asks for metrics, for VictoriaMetrics (Prometheus' form): every part of the site at its address in the plan, over TLS
 * with the cluster's or etcd's authority; a node's name and its host as labels. What listens on a control plane's loopback address only is asked
 * by the one on that machine. Machines' and HAProxy's own metrics are without TLS, and for control planes' addresses only.
 */
export function scrapeConfiguration(plan: SitePlan): string {
  const client = {
    ca_file: `${MONITORING_FOLDER}/ca.crt`,
    cert_file: `${MONITORING_FOLDER}/client.crt`,
    key_file: `${MONITORING_FOLDER}/client.key`,
  };
  const kubernetes = { scheme: "https", tls_config: client, metric_relabel_configs: NO_BUCKETS };
  const onLoopback = (job: string, port: number, path = "/metrics"): Job => ({
    job_name: job,
    ...kubernetes,
    metrics_path: path,
    // Their certificates on the loopback address are of their own making.
    tls_config: { cert_file: client.cert_file, key_file: client.key_file, insecure_skip_verify: true },
    static_configs: [{ targets: [`127.0.0.1:${port}`], labels: { machine: "%{MACHINE}", host: "%{HOST}" } }],
  });
  const jobs: Job[] = [
    {
      job_name: "etcd",
      scheme: "https",
      tls_config: {
        ca_file: `${MONITORING_FOLDER}/etcd-ca.crt`,
        cert_file: `${MONITORING_FOLDER}/etcd-client.crt`,
        key_file: `${MONITORING_FOLDER}/etcd-client.key`,
      },
      static_configs: machinesOf(plan, "etcd", "events").map((m) => target(m, 2379, { store: m.role })),
      metric_relabel_configs: ETCD_BUCKETS,
    },
    {
      job_name: "kube-apiserver",
      ...kubernetes,
      static_configs: machinesOf(plan, "control-plane").map((m) => target(m, 6443)),
    },
    onLoopback("kube-controller-manager", 10257),
    onLoopback("kube-scheduler", 10259),
    onLoopback("kube-scheduler-resources", 10259, "/metrics/resources"),
    { job_name: "kubelet", ...kubernetes, static_configs: nodesOf(plan).map((m) => target(m, 10250)) },
    { job_name: "machine", static_configs: plan.machines.map((m) => target(m, MACHINE_METRICS_PORT)) },
    {
      job_name: "certificates",
      scrape_interval: "2m",
      metrics_path: "/certificates",
      static_configs: plan.machines.map((m) => target(m, MACHINE_METRICS_PORT)),
    },
    ...(plan.vip
      ? [
          {
            job_name: "haproxy",
            static_configs: machinesOf(plan, "load-balancer").map((m) => target(m, HAPROXY_METRICS_PORT)),
          },
        ]
      : []),
    dns(client),
    {
      job_name: "monitoring",
      static_configs: answering(plan).map((port) => ({
        targets: [`127.0.0.1:${port}`],
        labels: { machine: "%{MACHINE}", host: "%{HOST}" },
      })),
    },
  ];
  return yaml({ global: { scrape_interval: `${SCRAPE_SECONDS}s` }, scrape_configs: jobs });
}

/** The ports of those that this site has. */
function answering(plan: SitePlan): number[] {
  const { metrics, sent, rules, alerts, logs } = MONITORING_PORTS;
  const { monitoring } = plan.spec.addons;
  return [
    metrics,
    ...(monitoring?.remoteWrite ? [sent] : []),
    rules,
    ...(sendsAlerts(plan) ? [alerts] : []),
    ...(monitoring?.logs ? [logs] : []),
  ];
}

/** Whether alerts go anywhere. */
export function sendsAlerts({ spec }: SitePlan): boolean {
  return (spec.addons.monitoring?.alerts.length ?? 0) > 0;
}

function target(machine: MachinePlan, port: number, more: Record<string, string> = {}) {
  const labels = { machine: machine.name, host: machine.host, role: roleOf(machine), ...more };
  return { targets: [`${machine.address}:${port}`], labels };
}

function roleOf({ role }: MachinePlan): string {
  return isStore(role) ? "etcd" : role;
}

/** CoreDNS' pods are where the scheduler puts them: the API on the same machine is asked. */
function dns(client: object): Job {
  return {
    job_name: "coredns",
    kubernetes_sd_configs: [
      {
        role: "pod",
        api_server: "https://%{ADDRESS}:6443",
        tls_config: client,
        namespaces: { names: ["kube-system"] },
        selectors: [{ role: "pod", label: "k8s-app=kube-dns" }],
      },
    ],
    relabel_configs: [
      { action: "keep", source_labels: ["__meta_kubernetes_pod_container_port_name"], regex: "metrics" },
      { source_labels: ["__meta_kubernetes_pod_node_name"], target_label: "machine" },
      { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
    ],
    metric_relabel_configs: NO_BUCKETS,
  };
}
