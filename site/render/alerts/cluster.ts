import { allocatable } from "../../description/kubeletReservations";
import type { MachinePlan, SitePlan } from "../../plan/model";
import { machinesOf } from "../../plan/roles";
import { type Alert, type AlertGroup, alertsFor, CHAPTERS, fewerThan } from "./alert";

/** Of the API and its address, the control planes' programs, nodes, DNS, and what the workers carry (L11, L12). */
export function clusterAlerts(plan: SitePlan): AlertGroup {
  const { critical, warning } = alertsFor(plan.site);
  const planes = machinesOf(plan, "control-plane");
  return {
    name: "cluster",
    rules: [
      ...planes.map(({ name, host }) =>
        (planes.length > 1 ? warning : critical)(
          "ApiServerDown",
          `up{job="kube-apiserver",machine="${name}"} == 0`,
          "1m",
          {
            summary: `The API server on ${name}, host ${host}, does not answer; ${planes.length - 1} of ${planes.length} are left.`,
            failure: `machine ${name}`,
            runbook: CHAPTERS.machine,
          },
        ),
      ),
      warning("ControlPlaneProgramDown", 'up{job=~"kube-controller-manager|kube-scheduler"} == 0', "2m", {
        summary: "{{ $labels.job }} on {{ $labels.machine }} does not answer.",
        runbook: CHAPTERS.machine,
      }),
      ...balancerAlerts(plan),
      warning("KubeletSilent", 'up{job="kubelet"} == 0', "2m", {
        summary: "The kubelet of {{ $labels.machine }} on {{ $labels.host }} does not answer.",
        runbook: CHAPTERS.machine,
      }),
      warning("NodesNotReady", "max(sum by (machine) (node_collector_unhealthy_nodes_in_zone)) > 0", "3m", {
        summary: "{{ $value }} nodes are not Ready: `kubectl get nodes` names them.",
        runbook: CHAPTERS.machine,
      }),
      warning("NodeEvicts", "sum by (machine, host) (increase(kubelet_evictions[15m])) > 0", "0s", {
        summary: "{{ $labels.machine }} on {{ $labels.host }} is short of memory or disk, and ends pods.",
        runbook: CHAPTERS.diskFull,
      }),
      critical("DnsDown", fewerThan(1, 'up{job="coredns"}', 'job="kube-apiserver"', planes.length), "2m", {
        summary: "No CoreDNS answers: pods look up no name.",
        runbook: CHAPTERS.health,
      }),
      ...hostAlerts(plan),
    ],
  };
}

function balancerAlerts(plan: SitePlan): Alert[] {
  const { vip } = plan;
  if (vip === undefined) return [];
  const { critical, warning } = alertsFor(plan.site);
  const balancers = machinesOf(plan, "load-balancer");
  return [
    ...balancers.map(({ name, host }) =>
      warning(
        "LoadBalancerDown",
        `min by (machine, host) (node_systemd_unit_state{name=~"(haproxy|keepalived).service",machine="${name}"} or up{job="haproxy",machine="${name}"}) == 0`,
        "1m",
        {
          summary: `HAProxy or keepalived of ${name} on ${host} does not work; ${balancers.length - 1} of ${balancers.length} load balancers are left.`,
          failure: `machine ${name}`,
          runbook: CHAPTERS.machine,
        },
      ),
    ),
    critical(
      "ApiAddressUnheld",
      fewerThan(1, "groundwork_api_address_held", 'job="machine",role="load-balancer"', balancers.length),
      "1m",
      {
        summary: `No load balancer holds ${vip}: nobody reaches the API by it.`,
        runbook: CHAPTERS.machine,
      },
    ),
    critical("ApiAddressHeldTwice", "sum(groundwork_api_address_held) > 1", "1m", {
      summary: `{{ $value }} load balancers hold ${vip} at once: they do not hear each other, and connections break.`,
      runbook: CHAPTERS.machine,
    }),
  ];
}

/** What pods request, against what the workers have without each host: the promise of N-1 capacity, kept or not. */
function hostAlerts(plan: SitePlan): Alert[] {
  const workers = machinesOf(plan, "worker");
  const hosts = [...new Set(workers.map(({ host }) => host))].sort();
  if (hosts.length < 2) return [];
  const { warning } = alertsFor(plan.site);
  const names = workers.map(({ name }) => name).join("|");
  return hosts.flatMap((host) => {
    const left = roomOf(workers.filter((machine) => machine.host !== host));
    const rule = (resource: string, room: number, unit: string, shown: string) =>
      warning(
        "HostLossNotCarried",
        `max(sum by (machine) (kube_pod_resource_request{resource="${resource}",node=~"${names}"})) > ${room}`,
        "15m",
        {
          summary: `Pods request {{ $value | humanize${unit} }} of ${resource}; without ${host} the workers have ${shown}, and some would find no place.`,
          failure: `host ${host}`,
          runbook: CHAPTERS.host,
          action: "lower what pods request, or add workers",
        },
        { host },
      );
    return [
      rule("memory", Math.floor(left.memoryGiB * 2 ** 30), "1024", `${tenths(left.memoryGiB)} Gi`),
      rule("cpu", tenths(left.cpus), "", `${tenths(left.cpus)}`),
    ];
  });
}

function roomOf(machines: readonly MachinePlan[]): { cpus: number; memoryGiB: number } {
  const rooms = machines.map(allocatable);
  return {
    cpus: rooms.reduce((sum, room) => sum + room.cpus, 0),
    memoryGiB: rooms.reduce((sum, room) => sum + room.memoryGiB, 0),
  };
}

function tenths(value: number): number {
  return Math.floor(value * 10) / 10;
}
