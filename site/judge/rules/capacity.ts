import { capabilitiesOf } from "../../description/hypervisors";
import { listed } from "../../description/listed";
import { roomForPods } from "../../description/roomForPods";
import type { Facts, MachineFact } from "../../facts/model";
import { type Breach, grouped, rule } from "./rule";

const source = "L11 [B, X]";

export const hostsHaveMemory = rule({
  id: "host-memory",
  subject: "Capacity",
  scope: "site",
  decided: "by one machine",
  sentence: "the machines of a host fit into its memory",
  severity: "mandatory",
  source,
  fix: "give the host more memory, or make machines smaller or fewer",
  check: (facts) =>
    overfull(
      facts,
      "memoryGiB",
      (host, used, free) =>
        `the machines of ${host} have ${round(used)} GiB of memory, the host has ${round(free)} for them`,
    ),
});

export const hostsHaveCpus = rule({
  id: "host-cpus",
  subject: "Capacity",
  scope: "site",
  decided: "by one machine",
  sentence: "the machines of a host fit into its CPUs, at the accepted overcommitment",
  severity: "mandatory",
  source,
  fix: "give the host more CPUs, make machines smaller, or accept a higher capacity.cpuOvercommit",
  check: (facts) =>
    overfull(
      facts,
      "cpus",
      (host, used, free) => `the machines of ${host} have ${used} CPUs, the host has ${free} for them`,
    ),
});

function overfull(facts: Facts, what: "cpus" | "memoryGiB", say: (host: string, used: number, free: number) => string) {
  const on = grouped(facts.machines, (m) => m.host);
  return facts.hosts.flatMap((host) => {
    const used = sum(on.get(host.name) ?? [], what);
    const free = host[what];
    return free !== undefined && used > free
      ? [{ path: `hosts.${host.name}`, message: say(host.name, used, free) }]
      : [];
  });
}

export const devicesHaveSpace = rule({
  id: "device-space",
  subject: "Capacity",
  scope: "site",
  decided: "by one machine",
  sentence: "the disks on a device fit into its capacity",
  severity: "mandatory",
  source,
  fix: "use a larger device, or move or shrink disks",
  check: (facts) => {
    const disks = new Map<string, number>();
    const swap = new Map<string, number>();
    const add = (to: Map<string, number>, devices: readonly string[] | undefined, sizeGiB = 0) => {
      for (const id of devices ?? []) to.set(id, (to.get(id) ?? 0) + sizeGiB);
    };
    for (const machine of facts.machines) {
      for (const disk of machine.disks) add(disks, disk.devices, disk.sizeGiB);
      add(swap, machine.disks[0]?.devices, swapFileGiB(facts, machine));
    }
    return facts.devices.flatMap(({ id, capacityGiB }): Breach[] => {
      const [ofDisks, ofSwap] = [disks.get(id) ?? 0, swap.get(id) ?? 0];
      if (capacityGiB === undefined || ofDisks + ofSwap <= capacityGiB) return [];
      const path = `devices.${id}`;
      return ofDisks > capacityGiB
        ? [{ path, message: `the disks on ${id} have ${ofDisks} GiB, the device has ${capacityGiB}` }]
        : [
            {
              path,
              severity: "advisory",
              message: `the disks on ${id} have ${ofDisks} GiB and swap files of their machines up to ${round(ofSwap)}, the device has ${capacityGiB}: once it is full, no machine on it starts`,
            },
          ];
    });
  },
});

/** ESXi writes a file of a machine's memory that is not reserved beside its first disk when it starts. */
function swapFileGiB({ hypervisor }: Facts, { memoryGiB = 0, reservation }: MachineFact): number {
  return capabilitiesOf(hypervisor).reservations ? Math.max(0, memoryGiB - (reservation?.memoryGiB ?? 0)) : 0;
}

export const workloadSurvivesAnyHost = rule({
  id: "n-1-capacity",
  subject: "Capacity",
  scope: "site",
  sentence: "after the loss of any one host, the workers that are left carry the workload",
  severity: "mandatory",
  source,
  fix: "add workers, memory or a host, or declare a smaller workload",
  check: (facts) => {
    const { workload } = facts;
    const workers = facts.machines.filter((m) => m.role === "worker");
    if (!workload || facts.hosts.length < 2 || workers.some((m) => m.host === undefined)) return [];
    return leftWithoutEach(facts, workers).flatMap(({ host, cpus, memoryGiB }) =>
      cpus >= workload.cpus && memoryGiB >= workload.memoryGiB
        ? []
        : [
            {
              path: `hosts.${host}`,
              message: `without ${host} the workers have ${round(cpus)} CPUs and ${round(memoryGiB)} GiB for pods, the workload needs ${workload.cpus} and ${workload.memoryGiB}`,
            },
          ],
    );
  },
});

export const quotasSurviveAnyHost = rule({
  id: "namespace-quotas-fit",
  subject: "Capacity",
  scope: "site",
  sentence: "after the loss of any one host, the workers that are left carry what the namespaces' quotas promise",
  severity: "advisory",
  source: "L11, C4 [B, A]",
  fix: "lower quotas, or add workers or memory",
  check: (facts) => {
    const workers = facts.machines.filter((m) => m.role === "worker");
    const quotas = facts.quotas ?? [];
    if (quotas.length === 0 || facts.hosts.length < 2 || workers.some((m) => m.host === undefined)) return [];
    const promised = { cpus: 0, memoryGiB: 0 };
    for (const { cpus, memoryGiB } of quotas) {
      promised.cpus += cpus;
      promised.memoryGiB += memoryGiB;
    }
    return leftWithoutEach(facts, workers).flatMap(({ host, cpus, memoryGiB }) =>
      cpus >= promised.cpus && memoryGiB >= promised.memoryGiB
        ? []
        : [
            {
              path: `hosts.${host}`,
              message: `without ${host} the workers have ${round(cpus)} CPUs and ${round(memoryGiB)} GiB for pods, quotas promise ${round(promised.cpus)} and ${round(promised.memoryGiB)}`,
            },
          ],
    );
  },
});

export const workloadIsDeclared = rule({
  id: "workload-declared",
  subject: "Capacity",
  scope: "site",
  sentence: "what must keep running after the loss of any host is said, so that it is checked",
  severity: "advisory",
  source,
  fix: "set workload: {cpus, memoryGiB}",
  check: (facts) => {
    const workers = facts.machines.filter((m) => m.role === "worker");
    if (facts.workload || facts.hosts.length < 2 || workers.length === 0 || workers.some((m) => !m.host)) return [];
    const worst = leftWithoutEach(facts, workers).sort((a, b) => a.memoryGiB - b.memoryGiB || a.cpus - b.cpus)[0];
    return worst
      ? [
          {
            path: "workload",
            message: `it is not said what must keep running; without ${worst.host} the workers have ${round(worst.cpus)} CPUs and ${round(worst.memoryGiB)} GiB for pods`,
          },
        ]
      : [];
  },
});

/** What the workers have for pods after the loss of each host. */
function leftWithoutEach(facts: Facts, workers: readonly MachineFact[]) {
  const on = grouped(workers, (m) => m.host);
  const all = forPods(facts, workers);
  return facts.hosts.map(({ name }) => {
    const gone = forPods(facts, on.get(name) ?? []);
    return { host: name, cpus: all.cpus - gone.cpus, memoryGiB: all.memoryGiB - gone.memoryGiB };
  });
}

function forPods(facts: Facts, workers: readonly MachineFact[]): { cpus: number; memoryGiB: number } {
  const rooms = workers.map((worker) => roomForPods(facts, worker));
  return { cpus: rooms.reduce((n, r) => n + r.cpus, 0), memoryGiB: rooms.reduce((n, r) => n + r.memoryGiB, 0) };
}

export const workersOnDifferentHosts = rule({
  id: "workers-different-hosts",
  subject: "Capacity",
  scope: "site",
  sentence: "workers are on different hosts, so that the loss of one leaves some",
  severity: "advisory",
  source: "L6, L11 [B]",
  fix: "add workers, or let the planner spread them",
  check: (facts) => {
    const workers = facts.machines.filter((m) => m.role === "worker");
    if (facts.hosts.length < 2 || workers.length === 0 || workers.some((m) => m.host === undefined)) return [];
    const hosts = grouped(workers, (m) => m.host);
    return hosts.size > 1
      ? []
      : [{ path: "workers", message: `all workers (${said(workers)}) are on host ${[...hosts.keys()][0]}` }];
  },
});

function said(machines: readonly MachineFact[]): string {
  return machines.length > 4 ? `${machines.length}` : listed(machines.map((m) => m.name));
}

function sum(machines: readonly MachineFact[], what: "cpus" | "memoryGiB"): number {
  return machines.reduce((total, m) => total + (m[what] ?? 0), 0);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
