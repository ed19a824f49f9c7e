import { DOMAIN_KINDS } from "../description/failureDomains";
import { roomForPods } from "../description/roomForPods";
import type { Facts, MachineFact } from "../facts/model";
import { hasVolumesDisk } from "../plan/roles";
import { actionFor } from "./failures/action";
import { components } from "./failures/components";
import type { Component, Cost, Failure, FailureKind, PairFailure } from "./failures/model";

/** Every single thing that can fail, widest first within a kind's order, and what each costs. */
export function singleFailures(facts: Facts): Failure[] {
  const site = new Site(facts);
  return components(facts).map((component) => {
    const cost = site.without([component]);
    return { kind: component.kind, id: component.id, ...cost, action: actionFor([component], cost) };
  });
}

/** Kinds whose pairs are worth telling: a datastore is its device, a load balancer is its machine, the network is everything. */
const PAIRED: readonly FailureKind[] = ["machine", "device", "host", ...DOMAIN_KINDS];

/** Every two things that can fail together. */
export function* pairFailures(facts: Facts): Generator<PairFailure> {
  const site = new Site(facts);
  const all = components(facts).filter((c) => PAIRED.includes(c.kind));
  for (const [i, first] of all.entries())
    for (const second of all.slice(i + 1)) {
      const cost = site.without([first, second]);
      yield {
        first: { kind: first.kind, id: first.id },
        second: { kind: second.kind, id: second.id },
        ...cost,
        action: actionFor([first, second], cost),
      };
    }
}

/** What every single failure costs beside machines that are down already. */
export function furtherFailures(facts: Facts, down: readonly string[]): Failure[] {
  const site = new Site(facts);
  const already = down.map((name): Component => ({ kind: "machine", id: name, down: [name], wiped: [] }));
  return components(facts).map((component) => {
    const cost = site.without([...already, component]);
    return { kind: component.kind, id: component.id, ...cost, action: actionFor([component], cost) };
  });
}

/** Counts of the whole site, so that a failure costs no more to judge than what it takes along. */
class Site {
  private readonly machines: ReadonlyMap<string, MachineFact>;
  private readonly all: Tally;

  constructor(private readonly facts: Facts) {
    this.machines = new Map(facts.machines.map((m) => [m.name, m]));
    this.all = tally(facts, facts.machines);
  }

  without(failed: readonly Component[]): Cost {
    const down = named(
      this.machines,
      failed.flatMap((c) => c.down),
    );
    const wiped = named(
      this.machines,
      failed.flatMap((c) => c.wiped),
    );
    const lost = tally(this.facts, down);
    const etcdQuorum = keepsMajority(this.all.etcd, lost.etcd);
    const endpointUp =
      !failed.some((c) => c.endpoint) &&
      (this.facts.apiEndpoint.kind !== "haproxy" || this.all.balancers > lost.balancers);
    return {
      etcdQuorum,
      ...(this.all.events > 0 && { eventsQuorum: keepsMajority(this.all.events, lost.events) }),
      ...(this.all.networkStore > 0 && {
        networkStoreQuorum: keepsMajority(this.all.networkStore, lost.networkStore),
      }),
      apiReachable: etcdQuorum && endpointUp && this.all.planes > lost.planes,
      dataLost: !keepsMajority(this.all.etcd, tally(this.facts, wiped).etcd),
      ...(this.all.volumes > 0 && { volumes: this.volumesOf(down, wiped) }),
      ...(this.all.registries > 0 && { imagesServed: this.all.registries > lost.registries }),
      workersLeft: this.all.workers - lost.workers,
      capacityLeft: { cpus: tenths(this.all.cpus - lost.cpus), memoryGiB: tenths(this.all.memoryGiB - lost.memoryGiB) },
    };
  }

  private volumesOf(down: readonly MachineFact[], wiped: readonly MachineFact[]): NonNullable<Cost["volumes"]> {
    const lost = tally(this.facts, wiped).volumes;
    return { lost, away: tally(this.facts, down).volumes - lost };
  }
}

interface Tally {
  etcd: number;
  events: number;
  networkStore: number;
  planes: number;
  balancers: number;
  workers: number;
  /** Copies of the site's own registry. */
  registries: number;
  /** Workers with a disk for volumes. */
  volumes: number;
  cpus: number;
  memoryGiB: number;
}

function tally(facts: Facts, machines: Iterable<MachineFact>): Tally {
  const sum: Tally = {
    etcd: 0,
    events: 0,
    networkStore: 0,
    planes: 0,
    balancers: 0,
    registries: 0,
    workers: 0,
    volumes: 0,
    cpus: 0,
    memoryGiB: 0,
  };
  for (const machine of machines) {
    const { role } = machine;
    if (facts.registry?.copies.includes(machine.name)) sum.registries++;
    if (role === "etcd") sum.etcd++;
    else if (role === "events") sum.events++;
    else if (role === "network-store") sum.networkStore++;
    else if (role === "control-plane") sum.planes++;
    else if (role === "load-balancer") sum.balancers++;
    else {
      sum.workers++;
      if (hasVolumesDisk(machine)) sum.volumes++;
      const room = roomForPods(facts, machine);
      sum.cpus += Math.max(0, room.cpus);
      sum.memoryGiB += Math.max(0, room.memoryGiB);
    }
  }
  return sum;
}

function named(machines: ReadonlyMap<string, MachineFact>, names: readonly string[]): MachineFact[] {
  return [...new Set(names)].map((name) => machines.get(name)).filter((m) => m !== undefined);
}

function keepsMajority(members: number, lost: number): boolean {
  return members - lost > members / 2;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
