import { runsKubeRouter } from "../description/podNetwork";
import type { MachinePlan, SitePlan } from "../plan/model";
import { nodesOf } from "../plan/roles";

export const POD_NETWORK_SCRIPT = "/usr/local/sbin/groundwork-pod-network";
export const POD_ROUTES = "/etc/groundwork/pod-routes";

/**
 * The node's own CNI configuration for a `routed` pod network: point-to-point links, so that traffic between pods of one
 * node is routed too and can be filtered; addresses from the range that the plan gave this node. Leases lie under /run: after
 * a reboot no pod is left that holds one. Source addresses stay as they are inside the cluster.
 */
export function cniConfiguration(machine: MachinePlan): string {
  const configuration = {
    cniVersion: "1.0.0",
    name: "groundwork",
    plugins: [
      {
        type: "ptp",
        ipMasq: false,
        ipam: {
          type: "host-local",
          dataDir: "/run/groundwork/cni",
          ranges: [[{ subnet: machine.podCidr }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true }, snat: true },
    ],
  };
  return `${JSON.stringify(configuration, null, 2)}\n`;
}

/** The way to every other node's pods, one `range address` a line; to those of nodes that leave, too. */
export function podRoutes(plan: SitePlan, machine: MachinePlan): string {
  const others = [...nodesOf(plan).filter((m) => m.name !== machine.name && m.podCidr), ...(plan.left ?? [])];
  return `# range address\n${others.map((m) => `${m.podCidr} ${m.address}\n`).join("")}`;
}

/** Sets the pod network up at boot, before the kubelet starts pods. */
export function podNetworkUnit(plan: SitePlan): string {
  return `[Unit]
Description=Routes to the pods of other nodes
Wants=network-online.target
After=network-online.target
Before=kubelet.service

[Service]
Type=oneshot
RemainAfterExit=true
ExecStart=${POD_NETWORK_SCRIPT} ${plan.spec.network.podCidr} ${runsKubeRouter(plan.spec) ? "filtered" : "open"}

[Install]
WantedBy=multi-user.target
`;
}
