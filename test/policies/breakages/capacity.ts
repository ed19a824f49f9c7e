import { inputsOf } from "../../support/demoStack";
import { type Breakage, moveMachine, set } from "../breakage";

/** What hosts and devices carry, and what is promised of it. */
export const capacity: Breakage[] = [
  {
    rule: "memory-reserved",
    change: set("demo-etcd-a", { memoryReservation: 1024 }),
    says:
      "machines.demo-etcd-a.reservation: demo-etcd-a has 1 of 8 GiB reserved: a full host slows it down; " +
      "leave reservations at their default, or reserve at least half",
  },
  {
    rule: "host-memory",
    change: set("demo-general-b", { memory: 60 * 1024 }),
    says:
      "hosts.esx-2: the machines of esx-2 have 76 GiB of memory, the host has 60 for them; " +
      "give the host more memory, or make machines smaller or fewer",
  },
  {
    rule: "host-cpus",
    change: set("demo-general-b", { numCpus: 64 }),
    says:
      "hosts.esx-2: the machines of esx-2 have 68 CPUs, the host has 48 for them; " +
      "give the host more CPUs, make machines smaller, or accept a higher capacity.cpuOvercommit",
  },
  {
    rule: "device-space",
    change: (stack) => {
      inputsOf(stack, "demo-general-b").disks[0].size = 600;
    },
    says:
      "devices.naa.5000c500a0000022: the disks on naa.5000c500a0000022 have 640 GiB, the device has 480; " +
      "use a larger device, or move or shrink disks",
  },
  {
    rule: "disk-growth",
    change: (stack) => {
      inputsOf(stack, "demo-control-plane-b").disks[0].size = 12;
    },
    says:
      "machines.demo-control-plane-b.disks.system: up to 12.1 GiB may lie on the system disk of demo-control-plane-b in time, 8 of that in /var/lib/groundwork/snapshots, and 10.2 of its 12 are for it; " +
      "make it 15 GiB or larger, or make less of what grows (docs/disks.md)",
  },
  {
    rule: "n-1-capacity",
    spec: (site) => {
      site.workload = { cpus: 3, memoryGiB: 12 };
    },
    change: set("demo-general-b", { numCpus: 2 }),
    says:
      "hosts.esx-3: without esx-3 the workers have 1.9 CPUs and 13.1 GiB for pods, the workload needs 3 and 12; " +
      "add workers, memory or a host, or declare a smaller workload",
  },
  {
    rule: "namespace-quotas-fit",
    spec: (site) => {
      site.namespaces = [{ name: "tills", quota: { cpus: 3, memoryGiB: 12 } }];
    },
    change: set("demo-general-b", { numCpus: 2 }),
    says:
      "hosts.esx-3: without esx-3 the workers have 1.9 CPUs and 13.1 GiB for pods, quotas promise 3 and 12; " +
      "lower quotas, or add workers or memory",
  },
  {
    rule: "workload-declared",
    spec: (site) => {
      site.workload = { cpus: 3, memoryGiB: 12 };
    },
    plan: (plan) => {
      delete plan.spec.workload;
    },
    says:
      "workload: it is not said what must keep running; without esx-2 the workers have 3.9 CPUs and 13.1 GiB for pods; " +
      "set workload: {cpus, memoryGiB}",
  },
  {
    rule: "scale-maximum",
    spec: (site) => {
      site.workers[0].scale = { minimum: 2, maximum: 4 };
    },
    plan: (plan) => {
      Object.assign(plan.spec.workers[0] ?? {}, { scale: { minimum: 2, maximum: 7 } });
    },
    says: [
      "esx-1: 2 workers with 8 CPUs and 32",
      "esx-2: 2 workers with 8 CPUs and 32",
      "esx-3: 3 workers with 12 CPUs and 48",
    ].map(
      (lost) =>
        `hosts.${lost.slice(0, 5)}: with 7 workers in general, the other hosts have no room for what runs on ${lost} GiB; ` +
        "lower scale.maximum, or add hosts, memory or devices; until then `groundwork scale` proposes fewer",
    ),
  },
  {
    rule: "workers-different-hosts",
    change: moveMachine("demo-general-a", "esx-2"),
    says: "workers: all workers (demo-general-a and demo-general-b) are on host esx-2; add workers, or let the planner spread them",
  },
];
