import type { PolicyResource } from "@pulumi/policy";
import {
  type DiskFact,
  type Facts,
  factsOfPlan,
  hardwareFacts,
  type MachineFact,
  type PlacementRuleFact,
} from "../../site/facts";
import type { MachinePlan, SitePlan } from "../../site/plan";
import type { Deployment } from "../deployment";
import { Unknown } from "../known";
import { site, vsphereMachine } from "../types";
import { machinesOf, type RegisteredDisk, type RegisteredMachine } from "./machines";
import { namesOf } from "./names";
import { placementOf } from "./placement";
import { type Seen, seenAtTheEnd, seenSoFar } from "./seen";

/** A site as its resources were registered. */
export interface RegisteredSite {
  urn: string;
  /** What the owner attests (hosts, devices, datastores), and what was meant to be registered. */
  plan: SitePlan;
  machines: RegisteredMachine[];
  rules: (PlacementRuleFact & { urn: string })[];
  /** Names of planned machines for which no virtual machine was registered. */
  absent: string[];
}

/** The site that a resource lies in, as far as it is registered: what the engine is about to make. */
export function siteSoFar(urn: string, deployment: Deployment): RegisteredSite | undefined {
  const around = deployment.registered().find(({ type, urn: root }) => type === site && deployment.within(urn, root));
  if (around === undefined) return undefined;
  const [found] = madeOnce(deployment, `${around.urn} so far`, () => {
    return sitesOf(seenSoFar(deployment, around.urn), deployment);
  });
  return found;
}

/** The sites of a whole stack, at the end of a preview or update. */
export function sitesAtTheEnd(resources: readonly PolicyResource[], deployment: Deployment): RegisteredSite[] {
  return madeOnce(deployment, "at the end", () => sitesOf(seenAtTheEnd(resources, deployment), deployment));
}

const made = new WeakMap<Deployment, { key: string; sites: RegisteredSite[] }>();

/** Every policy asks for the same sites. */
function madeOnce(deployment: Deployment, what: string, make: () => RegisteredSite[]): RegisteredSite[] {
  const key = `${deployment.version} ${what}`;
  const last = made.get(deployment);
  if (last?.key === key) return last.sites;
  const sites = make();
  made.set(deployment, { key, sites });
  return sites;
}

/** Each resource belongs to the site it lies in, however deep. */
function sitesOf(resources: readonly Seen[], deployment: Deployment): RegisteredSite[] {
  return resources
    .filter(({ type, props }) => type === site && isPlan(props.plan))
    .map(({ urn, props }) => {
      const inSite = resources.filter((resource) => deployment.within(resource.urn, urn));
      return registeredSite(urn, props.plan as SitePlan, inSite);
    });
}

function registeredSite(urn: string, plan: SitePlan, resources: readonly Seen[]): RegisteredSite {
  const names = namesOf(resources);
  const machines = machinesOf(resources, names);
  const made = new Set(machines.map((machine) => machine.plan.name));
  const meant = resources.filter(({ type }) => type === vsphereMachine).map(({ props }) => props.plan as MachinePlan);
  return {
    urn,
    plan,
    machines,
    rules: placementOf(resources, machines, names),
    absent: meant.map(({ name }) => name).filter((name) => !made.has(name)),
  };
}

/**
 * What the rules judge: the inventory as the owner attests it, machines and DRS rules as they were registered. What is not
 * known yet is left out, or assumed to be as bad as it can be.
 */
export function factsOf(site: RegisteredSite, notKnown: "left out" | "worst"): Facts {
  const planned = factsOfPlan(site.plan);
  const hardware = hardwareFacts(site.plan.spec);
  const existing = planned.machines.filter(({ name }) => site.plan.machines.some((m) => m.name === name && m.existing));
  const machines = site.machines.map((machine) =>
    machineFact(machine, hardware, notKnown === "worst" ? site : undefined),
  );
  return {
    ...planned,
    ...hardware,
    machines: [...machines, ...existing].sort((a, b) => (a.name < b.name ? -1 : 1)),
    placementRules: site.rules.map(({ urn: _, ...rule }) => rule),
  };
}

function machineFact(
  machine: RegisteredMachine,
  { hosts, devices }: Pick<Facts, "hosts" | "devices">,
  worstIn?: RegisteredSite,
): MachineFact {
  const { plan, reservation } = machine;
  const beside = worstIn && neighbour(machine, worstIn);
  const or = <T>(value: T | Unknown, worst: T | undefined): T | undefined =>
    !(value instanceof Unknown) ? value : worstIn ? worst : undefined;
  const disk = ({ label, datastore, sizeGiB }: RegisteredDisk, position: number): DiskFact[] => {
    const name = plan.disks.find((d) => d.name === label)?.name ?? plan.disks[position]?.name;
    const on = or(datastore, beside?.datastore ?? devices[0]?.datastores[0]);
    if (name === undefined) return [];
    const below = on === undefined ? undefined : devices.filter((d) => d.datastores.includes(on)).map(({ id }) => id);
    return [{ name, datastore: on, devices: below, sizeGiB: or(sizeGiB, 0) }];
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
function neighbour({ plan }: RegisteredMachine, { machines }: RegisteredSite): { host?: string; datastore?: string } {
  const others = machines.filter((other) => other.plan.role === plan.role && other.plan.name !== plan.name);
  const isKnown = (value: string | Unknown) => typeof value === "string";
  return {
    host: others.map(({ host }) => host).find(isKnown),
    datastore: others.flatMap(({ disks }) => disks.map(({ datastore }) => datastore).reverse()).find(isKnown),
  };
}

/** What a preview cannot know of a site's machines. */
export function unknownsOf({ machines }: RegisteredSite): { resource: string; what: string }[] {
  return machines.flatMap(({ plan, host, cpus, memoryGiB, reservation, disks }) => {
    const values: [string, unknown][] = [
      ["host", host],
      ["processors", cpus],
      ["memory", memoryGiB],
      ["CPU reservation", reservation.cpuMHz],
      ["memory reservation", reservation.memoryGiB],
      ...disks.flatMap(({ label, datastore, sizeGiB }): [string, unknown][] => [
        [`datastore of disk ${label}`, datastore],
        [`size of disk ${label}`, sizeGiB],
      ]),
    ];
    return values.flatMap(([what, value]) => (value instanceof Unknown ? [{ resource: plan.name, what }] : []));
  });
}

/** The resource that a finding's path speaks of; the site's own where it is none of its machines or rules. */
export function urnOf(path: string, { urn, machines, rules }: RegisteredSite): string {
  const places = [
    ...machines.map((m) => [`machines.${m.plan.name}`, m.urn] as const),
    ...rules.map((r) => [`rules.${r.name}`, r.urn] as const),
  ];
  return places.find(([place]) => path === place || path.startsWith(`${place}.`))?.[1] ?? urn;
}

function isPlan(value: unknown): value is SitePlan {
  return typeof value === "object" && value !== null && "spec" in value && "machines" in value;
}
