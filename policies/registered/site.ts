import type { PolicyResource } from "@pulumi/policy";
import { unknownVersion } from "../../site/description/formatVersion";
import type { Backup } from "../../site/description/spec";
import { backupFact } from "../../site/facts/backup";
import type { BackupFact, DiskFact, Facts, MachineFact, PlacementRuleFact } from "../../site/facts/model";
import { addOnFacts, factsOfPlan, hardwareFacts, registryFact } from "../../site/facts/plan";
import { type Measured, withQualifiedDisks } from "../../site/facts/qualified";
import type { Rule } from "../../site/judge/rules";
import { type MachinePlan, PLAN_VERSION, type SitePlan } from "../../site/plan/model";
import type { Deployment, Registered } from "../deployment";
import { site, virtualMachine, vsphereMachine } from "../types";
import { Unknown } from "../unknown";
import { type RegisteredDisk, type RegisteredMachine, registeredMachines } from "./machines";
import { namesOf } from "./names";
import { placementOf } from "./placement";
import { Reading } from "./reading";
import { type RegisteredResource, resourcesSoFar, stackResources } from "./resources";
import { appliesWithoutSite, standaloneFacts, standaloneMachines, standaloneNames } from "./standalone";
import { UnreadableSite } from "./unreadable";

/** Machines as they were registered: a site's, or those of a program that knows no sites. */
export interface RegisteredMachines {
  /** None for machines of no site. */
  urn?: string;
  /** What the owner attests (hosts, devices, datastores), and what was meant to be registered; none without a site. */
  plan?: SitePlan;
  /** What is known of hosts and devices. */
  hardware: Pick<Facts, "hosts" | "devices">;
  machines: RegisteredMachine[];
  rules: (PlacementRuleFact & { urn: string })[];
  /** What was measured of members' disks, as the site registered it at the end. */
  measured?: Measured[];
  /** Names of planned machines for which no virtual machine was registered. */
  absent: string[];
}

/** A site as its resources were registered. */
export type RegisteredSite = RegisteredMachines & { urn: string; plan: SitePlan };

/** The site that a resource lies in, as far as it is registered: what the engine is about to make. */
export function siteSoFar(urn: string, deployment: Deployment): RegisteredMachines | undefined {
  const around = deployment.registered().find(({ type, urn: root }) => type === site && deployment.within(urn, root));
  const [found] = madeOnce(deployment, `${around?.urn} so far`, () =>
    sitesOf(resourcesSoFar(deployment, around?.urn), deployment).filter((made) => made.urn === around?.urn),
  );
  return found;
}

/** The sites of a whole stack, at the end of a preview or update. */
export function sitesAtTheEnd(resources: readonly PolicyResource[], deployment: Deployment): RegisteredSite[] {
  return machinesAtTheEnd(resources, deployment).filter((found): found is RegisteredSite => found.plan !== undefined);
}

/** The same, and the machines that lie in no site. */
export function machinesAtTheEnd(resources: readonly PolicyResource[], deployment: Deployment): RegisteredMachines[] {
  return madeOnce(deployment, "at the end", () => sitesOf(stackResources(resources, deployment), deployment));
}

const made = new WeakMap<Deployment, { key: string; sites: RegisteredMachines[] }>();

/** Every policy asks for the same sites. */
function madeOnce(deployment: Deployment, what: string, make: () => RegisteredMachines[]): RegisteredMachines[] {
  const key = `${deployment.version} ${what}`;
  const last = made.get(deployment);
  if (last?.key === key) return last.sites;
  const sites = make();
  made.set(deployment, { key, sites });
  return sites;
}

/** Each resource belongs to the site it lies in, however deep; machines that lie in none are judged by themselves. */
function sitesOf(resources: readonly RegisteredResource[], deployment: Deployment): RegisteredMachines[] {
  const sites = resources.filter(({ type, props }) => type === site && isPlan(props.plan));
  for (const { urn, name, props } of sites) refuseNewer(urn, name, props);
  const inSites = sites.map(({ urn, props, outputs }) => ({
    ...registeredSite(
      urn,
      props.plan as SitePlan,
      resources.filter((resource) => deployment.within(resource.urn, urn)),
    ),
    measured: measuredIn(outputs),
  }));
  const others = resources.filter(({ urn }) => !sites.some((root) => deployment.within(urn, root.urn)));
  return others.some(({ type }) => type === virtualMachine) ? [...inSites, withoutSite(others, deployment)] : inSites;
}

/** @throws UnreadableSite if its plan is of a version that came later */
function refuseNewer(urn: string, name: string, props: RegisteredResource["props"]): void {
  const problem = unknownVersion(props, PLAN_VERSION);
  if (problem) throw new UnreadableSite(urn, { ...problem, path: `${name}.${problem.path}` });
}

/** What is not known yet, or was not measured, is left out. */
function measuredIn(outputs: RegisteredResource["outputs"]): Measured[] {
  const members = Array.isArray(outputs?.members) ? (outputs.members as Partial<Measured>[]) : [];
  return members.flatMap(({ name, disk }) =>
    typeof name === "string" && typeof disk?.p99Ms === "number" ? [{ name, disk: { p99Ms: disk.p99Ms } }] : [],
  );
}

function registeredSite(urn: string, plan: SitePlan, resources: readonly RegisteredResource[]): RegisteredMachines {
  const names = namesOf(resources);
  const hardware = hardwareFacts(plan.spec);
  const sees = (host: string, datastore: string) =>
    hardware.devices.some(({ datastores, hosts }) => datastores.includes(datastore) && hosts.includes(host));
  const machines = registeredMachines(resources, names, sees);
  const made = new Set(machines.map((machine) => machine.plan.name));
  const meant = resources.filter(({ type }) => type === vsphereMachine).map(({ props }) => props.plan as MachinePlan);
  return {
    urn,
    plan,
    hardware,
    machines,
    rules: placementOf(resources, machines, names),
    absent: meant.map(({ name }) => name).filter((name) => !made.has(name)),
  };
}

function withoutSite(resources: readonly RegisteredResource[], { settings }: Deployment): RegisteredMachines {
  const machines = standaloneMachines(resources, settings);
  return {
    hardware: standaloneFacts(resources, machines, settings),
    machines,
    rules: placementOf(resources, machines, standaloneNames),
    absent: [],
  };
}

/** Whether a rule can be asked: of machines without a site, those that machines alone decide. */
export function appliesTo({ plan, machines }: RegisteredMachines, rule: Rule): boolean {
  return plan !== undefined || appliesWithoutSite(rule, machines);
}

/** Whether every machine of the plan was registered; of machines without a plan nobody knows before the end. */
export function isComplete({ plan, machines }: RegisteredMachines): boolean {
  return (
    plan !== undefined && machines.length === plan.machines.filter(({ existing }) => existing === undefined).length
  );
}

/** Where the site's own images come from. */
export function imageRepositoryOf({ props }: Registered): string | undefined {
  return Reading.of(props, "left out").at("plan", "spec", "kubernetes", "imageRepository").text() ?? undefined;
}

/** The site's own registry, if it has one. */
export function registryOf({ props }: Registered): Pick<Facts, "registry"> {
  const plan = Reading.of(props, "left out").at("plan").as(isPlan);
  return plan ? registryFact(plan) : {};
}

/** The add-ons of the site's own that have namespaces of their own. */
export function addOnsOf({ props }: Registered): Pick<Facts, "nodeAddOns"> {
  const spec = Reading.of(props, "left out").at("plan", "spec");
  const serviceAddresses = spec.at("network", "serviceAddresses").text() ?? undefined;
  const hasVolumes = spec.at("addons", "localVolumes", "reclaimPolicy").text() != null;
  const domain = spec.at("addons", "gatewayApi", "domain").text();
  const { nodeAddOns } = addOnFacts({
    network: { serviceAddresses },
    addons: {
      localVolumes: hasVolumes ? { reclaimPolicy: "Retain" } : undefined,
      gatewayApi: domain == null ? undefined : { domain, address: "" },
    },
    gitops: spec.at("gitops", "flux", "url").text() ?? undefined,
  });
  return nodeAddOns ? { nodeAddOns } : {};
}

/** What a site's description says of its backups. */
export function backupOf({ props }: Registered): BackupFact | undefined {
  const described = (value: unknown): value is Backup => Array.isArray((value as Partial<Backup> | null)?.targets);
  return backupFact(Reading.of(props, "left out").at("plan", "spec", "backup").as(described) ?? undefined);
}

/**
 * What the rules judge: the inventory as the owner attests it, machines and DRS rules as they were registered. What is not
 * known yet is left out, or assumed to be as bad as it can be.
 */
export function factsOf(site: RegisteredMachines, notKnown: "left out" | "worst"): Facts {
  const known = judged.get(site) ?? {};
  judged.set(site, known);
  known[notKnown] ??= judgedFacts(site, notKnown);
  return known[notKnown];
}

/** Every rule asks for the same facts. */
const judged = new WeakMap<RegisteredMachines, { [notKnown in "left out" | "worst"]?: Facts }>();

function judgedFacts(site: RegisteredMachines, notKnown: "left out" | "worst"): Facts {
  const { plan, hardware } = site;
  const planned = plan ? factsOfPlan(plan) : unplanned;
  const existing = planned.machines.filter(({ name }) => plan?.machines.some((m) => m.name === name && m.existing));
  const machines = site.machines.map((machine) =>
    machineFact(machine, hardware, notKnown === "worst" ? site : undefined),
  );
  const facts = {
    ...planned,
    ...hardware,
    machines: [...machines, ...existing].sort((a, b) => (a.name < b.name ? -1 : 1)),
    placementRules: site.rules.map(({ urn: _, ...rule }) => rule),
  };
  return withQualifiedDisks(facts, site.measured ?? []);
}

/** What holds of machines without a plan. */
export const unplanned: Facts = {
  site: "",
  hypervisor: "vsphere",
  hosts: [],
  devices: [],
  machines: [],
  placementRules: [],
  apiEndpoint: { kind: "external" },
  network: {},
  accepted: { magneticDisks: false, veryLargeSite: false },
};

function machineFact(
  machine: RegisteredMachine,
  { hosts, devices }: Pick<Facts, "hosts" | "devices">,
  worstIn?: RegisteredMachines,
): MachineFact {
  const { plan, reservation } = machine;
  const beside = worstIn && neighbour(machine, worstIn);
  const or = <T>(value: T | Unknown, worst: T | undefined): T | undefined =>
    !(value instanceof Unknown) ? value : worstIn ? worst : undefined;
  const policyOf = ({ storagePolicy }: RegisteredDisk) => {
    if (storagePolicy === undefined) return {};
    if (!(storagePolicy instanceof Unknown)) return { storagePolicy };
    return worstIn ? {} : { storagePolicy: null };
  };
  const disk = (registered: RegisteredDisk, position: number): DiskFact[] => {
    const { label, datastore, sizeGiB } = registered;
    const name = plan.disks.find((d) => d.name === label)?.name ?? plan.disks[position]?.name;
    const on = or(datastore, beside?.datastore ?? devices[0]?.datastores[0]);
    if (name === undefined) return [];
    const below = on === undefined ? undefined : devices.filter((d) => d.datastores.includes(on)).map(({ id }) => id);
    return [{ name, datastore: on, devices: below, sizeGiB: or(sizeGiB, 0), ...policyOf(registered) }];
  };
  return {
    name: plan.name,
    role: plan.role,
    pool: plan.pool,
    host: or(machine.host, beside?.host ?? hosts[0]?.name),
    address: plan.address,
    cpus: or(machine.cpus, 0),
    memoryGiB: or(machine.memoryGiB, 0),
    disks: machine.disks.flatMap(disk),
    reservation: { cpuMHz: or(reservation.cpuMHz, 0), memoryGiB: or(reservation.memoryGiB, 0) },
    path: `machines.${plan.name}`,
  };
}

/** The worst place for a machine is where another of its role is known to be. */
function neighbour(
  { plan }: RegisteredMachine,
  { machines }: RegisteredMachines,
): { host?: string; datastore?: string } {
  const others = machines.filter((other) => other.plan.role === plan.role && other.plan.name !== plan.name);
  const isKnown = (value: string | Unknown) => typeof value === "string";
  return {
    host: others.map(({ host }) => host).find(isKnown),
    datastore: others.flatMap(({ disks }) => disks.map(({ datastore }) => datastore).reverse()).find(isKnown),
  };
}

/** What a preview cannot know of a site's machines. */
export function unknownsOf({ machines }: RegisteredMachines): { resource: string; what: string }[] {
  return machines.flatMap(({ plan, host, cpus, memoryGiB, reservation, disks }) => {
    const values: [string, unknown][] = [
      ["host", host],
      ["processors", cpus],
      ["memory", memoryGiB],
      ["CPU reservation", reservation.cpuMHz],
      ["memory reservation", reservation.memoryGiB],
      ...disks.flatMap(({ label, datastore, sizeGiB, storagePolicy }): [string, unknown][] => [
        [`datastore of disk ${label}`, datastore],
        [`size of disk ${label}`, sizeGiB],
        [`storage policy of disk ${label}`, storagePolicy],
      ]),
    ];
    return values.flatMap(([what, value]) => (value instanceof Unknown ? [{ resource: plan.name, what }] : []));
  });
}

/** The resource that a finding's path speaks of; the site's own where it is none of its machines or rules. */
export function urnOf(path: string, { urn, machines, rules }: RegisteredMachines): string | undefined {
  const places = [
    ...machines.map((m) => [`machines.${m.plan.name}`, m.urn] as const),
    ...rules.map((r) => [`rules.${r.name}`, r.urn] as const),
  ];
  return places.find(([place]) => path === place || path.startsWith(`${place}.`))?.[1] ?? urn;
}

function isPlan(value: unknown): value is SitePlan {
  return typeof value === "object" && value !== null && "spec" in value && "machines" in value;
}
