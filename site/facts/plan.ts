import { datastoresOf } from "../description/datastores";
import { domainsOf } from "../description/failureDomains";
import { FLUX_NAMESPACE, FLUX_REGISTRY, hasFlux } from "../description/flux";
import {
  CERT_MANAGER_NAMESPACE,
  CERT_MANAGER_REGISTRY,
  hasGatewayApi,
  TRAEFIK_NAMESPACE,
  TRAEFIK_REGISTRY,
} from "../description/gatewayApi";
import { capabilitiesOf, hasPlacementRules } from "../description/hypervisors";
import { hasLocalVolumes, VOLUMES_NAMESPACE, VOLUMES_REGISTRY } from "../description/localVolumes";
import { hasMetalLb, METALLB_NAMESPACE, METALLB_REGISTRY } from "../description/metalLb";
import { enforcesPolicies } from "../description/podNetwork";
import { localRegistry } from "../description/registry";
import { type AddOnSettings, onEachWorker } from "../description/roomForPods";
import { atMaximum } from "../description/scale";
import type { PodNetwork, SiteSpec } from "../description/spec";
import { aloneMonths } from "../description/succession";
import { fsyncLimit } from "../life/qualifiedDisk";
import { eventRoom, hourOfEvents } from "../plan/eventLimits";
import { usableMemory } from "../plan/hardware";
import type { MachinePlan, SitePlan } from "../plan/model";
import { planSite } from "../plan/plan";
import { registryEndpoints, registryMachines } from "../plan/registry";
import { diskGrowthOf } from "../render/diskGrowth";
import { monitoringSize } from "../render/monitoring/size";
import { backupFact } from "./backup";
import type { Facts, HostFact, MachineFact, NodeAddOn } from "./model";

/** The facts of a plan. */
export function factsOfPlan(plan: SitePlan): Facts {
  const { spec } = plan;
  return {
    site: plan.site,
    hypervisor: spec.hypervisor.kind,
    hasPlacementRules: hasPlacementRules(spec.hypervisor),
    ...hardwareFacts(spec),
    machines: plan.machines.map(machineFact),
    placementRules: plan.rules.map((rule) => ({ ...rule, mandatory: true, enabled: true })),
    apiEndpoint: { kind: spec.loadBalancer.kind, host: plan.endpoint.host },
    network: {
      cidr: spec.network.cidr,
      gateway: spec.network.gateway,
      vip: plan.vip,
      nameservers: spec.network.nameservers,
    },
    podNetwork: podNetworkFact(spec.kubernetes.podNetwork),
    accepted: { magneticDisks: spec.etcd.acceptMagneticDisks, veryLargeSite: spec.etcd.veryLargeSite },
    etcd: timers(plan),
    events: { mostBytes: hourOfEvents(plan), roomBytes: eventRoom(plan) },
    workload: spec.workload,
    ...addOnFacts(spec),
    ...quotaFacts(spec),
    ...maximumFacts(plan),
    ...monitoringFacts(plan),
    ...growthFacts(plan),
    aloneMonths: aloneMonths(spec.pki),
    ...(spec.backup && { backup: backupFact(spec.backup) }),
    ...(spec.kubernetes.imageRepository !== undefined && { imageRepository: spec.kubernetes.imageRepository }),
    ...registryFact(plan),
  };
}

/** What a site's description says of its hosts and devices: the hardware that registered machines are judged by, too. */
export function hardwareFacts(spec: SiteSpec): Pick<Facts, "hosts" | "devices"> {
  const hosts = spec.hosts.map(
    (host): HostFact => ({
      name: host.name,
      cpus: Math.floor(host.cpus * spec.capacity.cpuOvercommit),
      memoryGiB: usableMemory(spec, host),
      reliability: host.reliability,
      ecc: host.ecc,
      ...(host.power && { dualPower: host.power === "dual" }),
      ...domainsOf(host),
    }),
  );
  const local = spec.hosts.flatMap((host) =>
    host.devices.map((d) => ({
      id: d.id,
      media: d.media,
      redundancy: d.redundancy,
      capacityGiB: d.capacityGiB,
      datastores: datastoresOf(d),
      hosts: [host.name],
    })),
  );
  const everyHost = spec.hosts.map((h) => h.name);
  const shared = spec.sharedStorage.map((s) => ({
    id: s.id,
    media: s.media,
    redundancy: s.redundancy,
    capacityGiB: s.capacityGiB,
    datastores: datastoresOf(s),
    hosts: s.hosts ?? everyHost,
    shared: true,
  }));
  return { hosts, devices: [...local, ...shared] };
}

/** What add-ons of the site's own need that not every site has. */
export function addOnFacts(spec: AddOnSettings): Pick<Facts, "onEachWorker" | "nodeAddOns"> {
  const nodeAddOns: NodeAddOn[] = [
    ...(hasMetalLb(spec)
      ? [
          {
            namespace: METALLB_NAMESPACE,
            registry: METALLB_REGISTRY,
            shares: ["hostNetwork"],
            isRoot: true,
            isPrivileged: true,
          },
        ]
      : []),
    ...(hasLocalVolumes(spec)
      ? [{ namespace: VOLUMES_NAMESPACE, registry: VOLUMES_REGISTRY, shares: [], isRoot: false, isPrivileged: true }]
      : []),
    ...(hasFlux(spec) ? [unprivileged(FLUX_NAMESPACE, FLUX_REGISTRY)] : []),
    ...(hasGatewayApi(spec)
      ? [unprivileged(TRAEFIK_NAMESPACE, TRAEFIK_REGISTRY), unprivileged(CERT_MANAGER_NAMESPACE, CERT_MANAGER_REGISTRY)]
      : []),
  ];
  return nodeAddOns.length === 0 ? {} : { onEachWorker: onEachWorker(spec), nodeAddOns };
}

/** The site's own registry: what its machines ask for every image. */
export function registryFact(plan: SitePlan): Pick<Facts, "registry"> {
  const registry = localRegistry(plan.spec);
  if (registry === undefined) return {};
  return {
    registry: {
      names: [...registry.upstreams, ...registryEndpoints(plan)],
      copies: registryMachines(plan).map(({ name }) => name),
    },
  };
}

/** One that has images from elsewhere and may do no more than workloads. */
function unprivileged(namespace: string, registry: string): NodeAddOn {
  return { namespace, registry, shares: [], isRoot: false, isPrivileged: false };
}

function quotaFacts({ namespaces = [] }: SiteSpec): Pick<Facts, "quotas"> {
  const quotas = namespaces.flatMap(({ name, quota }) =>
    quota ? [{ namespace: name, cpus: quota.cpus, memoryGiB: quota.memoryGiB }] : [],
  );
  return quotas.length > 0 ? { quotas } : {};
}

/** What runs stays where it is while pools grow. */
function maximumFacts(plan: SitePlan): Pick<Facts, "atMaximum"> {
  const pools = plan.spec.workers.flatMap(({ name, count, scale }) =>
    scale && scale.maximum > count ? [{ name, maximum: scale.maximum }] : [],
  );
  if (pools.length === 0) return {};
  const { machines } = planSite(atMaximum(plan.spec), { against: plan });
  return { atMaximum: { pools, machines: machines.map(machineFact) } };
}

function monitoringFacts(plan: SitePlan): Pick<Facts, "monitoring"> {
  const { monitoring } = plan.spec.addons;
  if (monitoring === undefined) return {};
  const { retentionDays, alerts } = monitoring;
  const { diskGiB, logsGiB, requestedMiB: memoryMiB } = monitoringSize(plan);
  return { monitoring: { retentionDays, diskGiB, logsGiB, memoryMiB, routes: alerts.length } };
}

/** Of machines that are made for the site: what a server's disk has is not known. One of each kind stands for all. */
function growthFacts(plan: SitePlan): Pick<Facts, "growth"> {
  if (!capabilitiesOf(plan.spec.hypervisor.kind).makesMachines) return {};
  const kinds = new Map(plan.machines.map((machine) => [`${machine.role} ${machine.pool ?? ""}`, machine]));
  return {
    growth: [...kinds.values()].flatMap((machine) =>
      diskGrowthOf(plan, machine).map((growth) => ({ ...growth, role: machine.role, pool: machine.pool })),
    ),
  };
}

/** Whether NetworkPolicy objects have any effect. */
export function podNetworkFact(network: PodNetwork): NonNullable<Facts["podNetwork"]> {
  return { kind: network.kind, enforcesNetworkPolicy: enforcesPolicies(network) };
}

function machineFact(machine: MachinePlan): MachineFact {
  return {
    name: machine.name,
    role: machine.role,
    pool: machine.pool,
    host: machine.host,
    address: machine.address,
    cpus: machine.cpus,
    memoryGiB: machine.memoryGiB,
    disks: machine.disks.map((d) => ({
      name: d.name,
      datastore: d.datastore,
      devices: [d.device],
      sizeGiB: d.sizeGiB,
    })),
    reservation: machine.reservation,
    path: `machines.${machine.name}`,
  };
}

function timers({ spec, etcd: { heartbeatMs, electionMs, quotaBytes, rttMs } }: SitePlan) {
  return {
    ...{ heartbeatMs, electionMs, quotaBytes },
    rttMs: Math.max(rttMs, spec.network.rttMs),
    fsyncLimitMs: fsyncLimit(spec.etcd),
  };
}
