import type { SitePlan } from "../../plan/model";
import { machinesOf } from "../../plan/roles";

/** A graph: what is asked for in MetricsQL, a line for each series. */
interface Panel {
  title: string;
  description?: string;
  unit?: string;
  expr: string[];
  /** What a line is called, by its labels; one for each of `expr`. */
  alias?: string[];
  /** Of twelve columns. */
  width: number;
}

interface Row {
  title: string;
  panels: Panel[];
}

/** A dashboard of VictoriaMetrics' own page (vmui). */
export interface Dashboard {
  title: string;
  rows: Row[];
}

const MACHINE = "{{machine}}";

/**
 * The site on one page: first what needs a person, then its store, its API, its machines, and what comes to its end. All in one row: of several
 * only the first is open.
 */
export function siteDashboard(plan: SitePlan): Dashboard {
  const panels = [...needsAPerson(plan), ...etcd(), ...api(plan), ...machines(), ...dates(plan)];
  return { title: plan.site, rows: [{ title: plan.site, panels }] };
}

function needsAPerson(plan: SitePlan): Panel[] {
  const members = machinesOf(plan, "etcd").length;
  const needed = Math.floor(members / 2) + 1;
  return [
    panel("Alerts that fire", 6, {
      expr: ['sum by (alertname) (ALERTS{alertstate="firing"}) or label_set(vector(0), "alertname", "none")'],
      alias: ["{{alertname}}"],
      description: "None is the line at 0. `groundwork status` says what to do.",
    }),
    panel("etcd: members with a leader", 3, {
      expr: ['sum(etcd_server_has_leader{store="etcd"})', `vector(${needed})`],
      alias: ["members", `quorum: ${needed} of ${members}`],
    }),
    plan.vip === undefined
      ? panel("API servers that answer", 3, { expr: ['sum(up{job="kube-apiserver"})'], alias: ["API servers"] })
      : panel(`Who holds ${plan.vip}`, 3, { expr: ["groundwork_api_address_held"], alias: [MACHINE] }),
  ];
}

function etcd(): Panel[] {
  const p99 = (metric: string) =>
    `1000 * histogram_quantile(0.99, sum by (machine, le) (rate(${metric}_seconds_bucket[5m])))`;
  return [
    panel("etcd: fsync, p99", 3, {
      unit: "ms",
      expr: [p99("etcd_disk_wal_fsync_duration")],
      alias: [MACHINE],
      description: "A member's disk; etcd asks for 10 ms at most.",
    }),
    panel("etcd: commit, p99", 3, { unit: "ms", expr: [p99("etcd_disk_backend_commit_duration")], alias: [MACHINE] }),
    panel("etcd: between members, p99", 3, {
      unit: "ms",
      expr: [p99("etcd_network_peer_round_trip_time")],
      alias: [MACHINE],
    }),
    panel("etcd: size of the data", 3, {
      unit: "MiB",
      expr: ["etcd_mvcc_db_total_size_in_bytes / 2^20"],
      alias: [MACHINE],
    }),
  ];
}

function api(plan: SitePlan): Panel[] {
  const verbs = 'verb!~"WATCH|WATCHLIST|CONNECT"';
  const duration = "apiserver_request_duration_seconds";
  return [
    panel("API: questions", 3, {
      unit: "a second",
      expr: ["sum by (machine) (rate(apiserver_request_total[5m]))"],
      alias: [MACHINE],
    }),
    panel("API: faults of the server", 3, {
      unit: "a second",
      expr: [
        'sum by (machine) (rate(apiserver_request_total{code=~"5.."}[5m])) or label_set(vector(0), "machine", "none")',
      ],
      alias: [MACHINE],
    }),
    panel("API: time of an answer, average", 3, {
      unit: "ms",
      expr: [
        `1000 * sum by (machine) (rate(${duration}_sum{${verbs}}[5m])) / sum by (machine) (rate(${duration}_count{${verbs}}[5m]))`,
      ],
      alias: [MACHINE],
    }),
    plan.vip === undefined
      ? panel("CoreDNS' questions", 3, {
          unit: "a second",
          expr: ["sum by (machine) (rate(coredns_dns_requests_total[5m]))"],
          alias: [MACHINE],
        })
      : panel("Connections of load balancers", 3, {
          expr: ["sum by (machine) (haproxy_frontend_current_sessions)"],
          alias: [MACHINE],
        }),
  ];
}

function machines(): Panel[] {
  const requested = (resource: string) => `max(sum by (machine) (kube_pod_resource_request{resource="${resource}"}))`;
  return [
    panel("Memory in use", 3, {
      unit: "%",
      expr: ["100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)"],
      alias: [MACHINE],
    }),
    panel("Load", 3, { expr: ["node_load1"], alias: [MACHINE] }),
    panel("Fullest disk", 3, {
      unit: "%",
      expr: ["100 * (1 - min by (machine) (node_filesystem_avail_bytes / node_filesystem_size_bytes))"],
      alias: [MACHINE],
    }),
    panel("What pods request", 3, {
      expr: [requested("cpu"), `${requested("memory")} / 2^30`],
      alias: ["CPUs", "GiB of memory"],
      description: "The scheduler that leads tells it: on the page of its control plane only.",
    }),
  ];
}

function dates({ spec }: SitePlan): Panel[] {
  const backups = panel("Age of the last backup", 6, {
    unit: "h",
    expr: ["(time() - max(groundwork_backup_last_success_timestamp_seconds)) / 3600"],
    alias: ["hours"],
  });
  return [
    panel("Days until a certificate ends", 6, {
      unit: "days",
      expr: ["min by (machine) (groundwork_certificate_end_timestamp_seconds - time()) / 86400"],
      alias: [MACHINE],
    }),
    ...(spec.backup ? [backups] : []),
  ];
}

function panel(title: string, width: number, more: Omit<Panel, "title" | "width">): Panel {
  return { title, width, ...more };
}
