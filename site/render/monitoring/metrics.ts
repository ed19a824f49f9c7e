import { isStore } from "../../description/stores";
import type { MachinePlan, SitePlan } from "../../plan/model";
import { machinesOf } from "../../plan/roles";
import { type FileSpec, file } from "../file";
import { shell } from "../shell";
import { MACHINE_METRICS_PORT } from "./jobs";

const METRICS_SCRIPT = "/usr/local/sbin/groundwork-metrics";

/**
 * How a machine tells its metrics: a socket of systemd at its own address, which starts a program for each connection. Nothing runs
 * meanwhile, and machines that are no nodes of the cluster tell theirs as nodes do.
 */
export function machineMetricsFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  return [
    file("/etc/groundwork/metrics.conf", settings(plan, machine), ["metrics"]),
    file(METRICS_SCRIPT, shell("metrics"), ["metrics"], { mode: 0o755 }),
    file("/etc/systemd/system/groundwork-metrics.socket", socket(machine), ["metrics"]),
    file("/etc/systemd/system/groundwork-metrics@.service", SERVICE, ["metrics"]),
  ];
}

function settings(plan: SitePlan, machine: MachinePlan): string {
  const allowed = machinesOf(plan, "control-plane").map(({ address }) => address);
  return [
    `ALLOWED="${allowed.join(" ")}"`,
    `UNITS="${unitsOf(machine).join(" ")}"`,
    ...(machine.role === "load-balancer" && plan.vip ? [`VIP=${plan.vip}`] : []),
    "",
  ].join("\n");
}

function unitsOf({ role }: MachinePlan): string[] {
  if (isStore(role)) return ["etcd"];
  return role === "load-balancer" ? ["haproxy", "keepalived"] : ["containerd", "kubelet"];
}

function socket({ address }: MachinePlan): string {
  return `[Unit]
Description=Metrics of this machine, for control planes

[Socket]
ListenStream=${address}:${MACHINE_METRICS_PORT}
FreeBind=yes
Accept=yes
MaxConnections=8

[Install]
WantedBy=sockets.target
`;
}

/** It may read what everybody may, and ask systemd. Its coming and going, twice a minute, is nothing for the journal. */
const SERVICE = `[Unit]
Description=Metrics of this machine
CollectMode=inactive-or-failed

[Service]
ExecStart=${METRICS_SCRIPT}
StandardInput=socket
StandardOutput=socket
StandardError=journal
LogLevelMax=notice
TimeoutSec=20
CapabilityBoundingSet=
NoNewPrivileges=true
ProtectSystem=strict
ProtectHome=true
`;
