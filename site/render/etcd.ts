import type { Store } from "../description/stores";
import { etcdMinor } from "../description/versions";
import type { EtcdTuning, MachinePlan, SitePlan } from "../plan/model";
import { machinesOf } from "../plan/roles";
import { paths } from "./paths";
import { TLS_CIPHER_SUITES } from "./tls";
import { yaml } from "./yaml";

/** Settings that some minor versions know by other names. */
function byVersion({ spec }: SitePlan): object {
  const notify = 5_000_000_000;
  return etcdMinor(spec.etcd.version).experimentalNames
    ? { "experimental-watch-progress-notify-interval": notify, "experimental-initial-corrupt-check": true }
    : { "watch-progress-notify-interval": notify, "feature-gates": "InitialCorruptCheck=true" };
}

/** Client URLs of a store's members. */
export function etcdEndpoints(plan: SitePlan, store: Store): string[] {
  return machinesOf(plan, store).map((m) => `https://${m.address}:2379`);
}

/** What the plan says of a store's timers and size. */
export function storeTuning(plan: SitePlan, store: Store): EtcdTuning {
  if (store === "etcd") return plan.etcd;
  return (store === "events" ? plan.events : plan.networkStore) ?? plan.etcd;
}

/**
 * The configuration of an etcd member.
 *
 * - Heartbeat, election timeout and quota come from the plan (C3).
 * - Clients and peers need a certificate of etcd's authority, TLS 1.2 or later (S5). Metrics and health are also on the
 *   loopback address, without TLS, for the machine itself.
 * - History older than an hour is compacted; API servers compact what is theirs every five minutes.
 * - The members that it begins with are added on the machine, as they mean nothing later.
 * - A member compares its data with the others' before it serves (`InitialCorruptCheck`).
 */
export function etcdConfiguration(plan: SitePlan, machine: MachinePlan, store: Store): string {
  const at = `https://${machine.address}`;
  const tuning = storeTuning(plan, store);
  const tls = (name: string) => ({
    "cert-file": `${paths.etcdPki}/${name}.crt`,
    "key-file": `${paths.etcdPki}/${name}.key`,
    "trusted-ca-file": `${paths.etcdPki}/ca.crt`,
    "client-cert-auth": true,
  });
  return yaml({
    name: machine.name,
    "data-dir": `${paths.etcdData}/data`,
    "listen-client-urls": `${at}:2379,https://127.0.0.1:2379`,
    "advertise-client-urls": `${at}:2379`,
    "listen-peer-urls": `${at}:2380`,
    "initial-advertise-peer-urls": `${at}:2380`,
    "initial-cluster-token": `${plan.site}-${store}`,
    "strict-reconfig-check": true,
    "listen-metrics-urls": "http://127.0.0.1:2381",
    "heartbeat-interval": tuning.heartbeatMs,
    "election-timeout": tuning.electionMs,
    "quota-backend-bytes": tuning.quotaBytes,
    "auto-compaction-mode": "periodic",
    "auto-compaction-retention": "1h",
    ...byVersion(plan),
    "client-transport-security": tls("server"),
    "peer-transport-security": tls("peer"),
    "tls-min-version": "TLS1.2",
    "cipher-suites": TLS_CIPHER_SUITES,
    logger: "zap",
    "log-level": "info",
  });
}

/** etcd as a service of its own user. It tells systemd when it serves; a restart is quick because quorum waits for it. */
export function etcdUnit(): string {
  return `[Unit]
Description=etcd
Documentation=https://etcd.io/docs/
Wants=network-online.target
After=network-online.target
RequiresMountsFor=${paths.etcdData}
StartLimitIntervalSec=0

[Service]
Type=notify
User=etcd
Group=etcd
ExecStart=etcd --config-file=${paths.etcd}/start.yaml
Restart=always
RestartSec=1
TimeoutStartSec=infinity
UMask=0077
NoNewPrivileges=true
ProtectSystem=full
ProtectHome=true
PrivateTmp=true

[Install]
WantedBy=multi-user.target
`;
}
