import { ZONE } from "../description/failureDomains";
import { toNumber } from "../description/ipv4";
import { type Standing, settledPodNetwork } from "../description/podNetwork";
import type { MachineRequest } from "../description/requests";
import type { Role, SiteSpec } from "../description/spec";
import { isStore, type Store } from "../description/stores";
import { machineAddresses, podBlocks } from "./addresses";
import { furtherCards } from "./cards";
import { chooseCounts } from "./counts";
import { hardwareOf } from "./hardware";
import type { Place } from "./layout/ledger";
import type { Earlier } from "./layout/stay";
import { type Leaving, routesLeft } from "./left";
import type { DiskPlan, EarlierMachine, EarlierPlan, MachinePlan, Move, SitePlan, StorePlan } from "./model";
import { placementRules } from "./placementRules";
import { etcdTuning } from "./sizing";

export interface PlanOptions {
  /** Where machines are already. */
  against?: EarlierPlan;
  standing?: Standing & Leaving;
  /** Roles whose machines may lie together, to find out what a conflict is about. */
  together?: readonly Role[];
}

/**
 * The plan of a site: every machine with its host, devices and address. Deterministic; total: what cannot be placed well is
 * placed somehow and judged by the rules. With `against`, what runs stays where it is as long as that can be.
 */
export function planSite(spec: SiteSpec, options: PlanOptions = {}): SitePlan {
  const hardware = hardwareOf(spec);
  const { requests, layout } = chooseCounts(spec, hardware, earlierPlaces(options.against), options.together);
  const resolved: SiteSpec = {
    ...spec,
    kubernetes: { ...spec.kubernetes, podNetwork: settledPodNetwork(spec.kubernetes.podNetwork, options.standing) },
    etcd: { ...spec.etcd, members: requests.filter((r) => r.role === "etcd").length },
    controlPlanes: { ...spec.controlPlanes, count: requests.filter((r) => r.role === "control-plane").length },
  };
  const machines = machinePlans(resolved, requests, layout.places, options.against);
  const left = routesLeft(machines, options.standing);
  return {
    site: spec.name,
    spec: resolved,
    machines,
    etcd: storePlan(spec, machines, "etcd"),
    ...(spec.etcd.events && { events: storePlan(spec, machines, "events") }),
    ...(spec.etcd.networkStore && { networkStore: storePlan(spec, machines, "network-store") }),
    ...endpoint(spec),
    rules: placementRules(spec, machines),
    ...(left.length > 0 && { left }),
    moves: moves(machines, layout.moved, options.against),
    shortages: layout.shortages,
  };
}

function machinePlans(
  spec: SiteSpec,
  requests: readonly MachineRequest[],
  places: ReadonlyMap<string, Place>,
  against: EarlierPlan | undefined,
): MachinePlan[] {
  const earlier = new Map(against?.machines.map((m) => [m.name, toNumber(m.address)]));
  const addresses = machineAddresses(spec, requests, earlier);
  const cards = furtherCards(spec, requests, against?.machines);
  const earlierPods = against?.machines.flatMap(({ name, podCidr }): [string, number][] =>
    podCidr === undefined ? [] : [[name, toNumber(podCidr)]],
  );
  const pods = podBlocks(spec, requests, new Map(earlierPods));
  return requests
    .map((request): MachinePlan => {
      const place = places.get(request.name) as Place;
      const podCidr = pods.get(request.name);
      const own = cards.get(request.name);
      return {
        name: request.name,
        role: request.role,
        ...(request.pool !== undefined && { pool: request.pool }),
        host: place.host.name,
        address: addresses.get(request.name) as string,
        cpus: request.cpus,
        memoryGiB: request.memoryGiB,
        disks: disks(request, place),
        reservation: reservation(spec, request, place),
        ...(own && { cards: own }),
        ...(podCidr !== undefined && { podCidr }),
        labels: labels(spec, request, place),
        ...(request.existing && { existing: { user: request.existing.user, hostKey: request.existing.hostKey } }),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function disks(request: MachineRequest, { system, data }: Place): DiskPlan[] {
  const result: DiskPlan[] = [
    { name: "system", datastore: system.datastore, device: system.device.id, sizeGiB: request.systemDiskGiB },
  ];
  if (data && request.dataDiskGiB !== undefined)
    result.push({ name: "data", datastore: data.datastore, device: data.device.id, sizeGiB: request.dataDiskGiB });
  return result;
}

function reservation({ reservations }: SiteSpec, request: MachineRequest, { host }: Place): MachinePlan["reservation"] {
  const share = isStore(request.role)
    ? reservations.etcd
    : request.role === "control-plane"
      ? reservations.controlPlanes
      : { cpu: 0, memory: 0 };
  return {
    cpuMHz: Math.round(share.cpu * request.cpus * host.cpuMHz),
    memoryGiB: Math.round(share.memory * request.memoryGiB * 1024) / 1024,
  };
}

/** A zone is a rack where racks are named, else a host (W1). */
function labels(spec: SiteSpec, request: MachineRequest, { host }: Place): Record<string, string> {
  const { host: name, ...domains } = host.domains;
  return {
    "topology.kubernetes.io/region": spec.name,
    "topology.kubernetes.io/zone": domains[ZONE] ?? name,
    "groundwork.local/host": name,
    ...Object.fromEntries(Object.entries(domains).map(([kind, domain]) => [`groundwork.local/${kind}`, domain])),
    ...(request.pool !== undefined && { "groundwork.local/pool": request.pool }),
  };
}

function endpoint({ loadBalancer, network }: SiteSpec): Pick<SitePlan, "endpoint" | "vip"> {
  if (loadBalancer.kind !== "haproxy") return { endpoint: { host: loadBalancer.endpoint, port: loadBalancer.port } };
  const vip = network.apiVip as string;
  return { endpoint: { host: vip, port: 6443 }, vip };
}

function storePlan(spec: SiteSpec, machines: readonly MachinePlan[], store: Store): StorePlan {
  const members = machines.filter((m) => m.role === store);
  const nodes = machines.filter((m) => m.role === "worker" || m.role === "control-plane").length;
  const rttMs = largestRtt(spec, members);
  const smallest = {
    memoryGiB: Math.min(...members.map((m) => m.memoryGiB)),
    diskGiB: Math.min(...members.flatMap((m) => m.disks.filter((d) => d.name === "data").map((d) => d.sizeGiB))),
  };
  return { members: members.map((m) => m.name), rttMs, ...etcdTuning(spec.etcd, smallest, rttMs, nodes) };
}

/** The largest round trip between two members' hosts. */
function largestRtt({ network }: SiteSpec, members: readonly MachinePlan[]): number {
  const hosts = new Set(members.map((m) => m.host));
  return Math.max(
    network.rttMs,
    ...network.rtt.filter((r) => r.between.every((name) => hosts.has(name))).map((r) => r.ms),
  );
}

function earlierPlaces(against: EarlierPlan | undefined): ReadonlyMap<string, Earlier> | undefined {
  if (!against) return undefined;
  return new Map(
    against.machines.map((m) => [
      m.name,
      { host: m.host, system: datastore(m, "system") ?? "", data: datastore(m, "data") },
    ]),
  );
}

function datastore(machine: EarlierMachine, name: DiskPlan["name"]): string | undefined {
  return machine.disks.find((d) => d.name === name)?.datastore;
}

function moves(
  machines: readonly MachinePlan[],
  reasons: ReadonlyMap<string, string>,
  against: EarlierPlan | undefined,
): Move[] {
  const before = new Map(against?.machines.map((m) => [m.name, m]));
  const where = (m: Pick<EarlierMachine, "host" | "disks">) => ({
    host: m.host,
    datastores: m.disks.map((d) => d.datastore),
  });
  return machines.flatMap((machine) => {
    const earlier = before.get(machine.name);
    if (!earlier) return [];
    const [from, to] = [where(earlier), where(machine)];
    return JSON.stringify(from) === JSON.stringify(to)
      ? []
      : [{ machine: machine.name, from, to, why: reasons.get(machine.name) ?? "it has a better place" }];
  });
}
