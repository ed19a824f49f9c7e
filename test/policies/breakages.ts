import * as types from "../../policies/types";
import { found, idOf, inputsOf, type Props, type Resource } from "../support/demoStack";
import { type Breakage, moveDisk, moveMachine, set, without } from "./breakage";
import { backup, drill, encryption, hoursAgo, staleDrill } from "./givenSettings";

/** What the site's members said of their disks: the second one's takes so many milliseconds. */
const measured = (p99Ms: number) => (stack: Resource[]) => {
  const members = ["a", "b"].map((letter) => ({
    name: `demo-etcd-${letter}`,
    disk: { p99Ms: letter === "b" ? p99Ms : 0.9, writes: 1000, time: "2026-11-28T20:41:07Z" },
  }));
  const root = found(stack, "demo", types.site);
  root.outputs = { members: [...members, { name: "demo-etcd-c" }] };
};

/** A site that is watched, whose alerts somebody gets. */
function watched(site: Props): void {
  site.addons = { monitoring: { alerts: [{ kind: "webhook", url: "https://alerts.example" }] } };
}

/** One or more for each rule of a site. */
export const breakages: Breakage[] = [
  {
    rule: "etcd-odd-members",
    change: without("demo-etcd-c"),
    says: "etcd.members: 2 survives no more than 1 does; use 3",
  },
  {
    rule: "held-without-drs",
    spec: (site) => {
      site.hypervisor.drs = false;
      site.sharedStorage = [{ id: "naa.san", kind: "san", media: "ssd", datastores: ["san-1"] }];
      const placement = { a: { host: "esx-1", datastore: "esx-1-b" }, b: { host: "esx-2", datastore: "esx-2-b" } };
      site.loadBalancer = { kind: "haproxy", placement };
      site.controlPlanes = { count: 2, placement };
    },
    change: set("demo-control-plane-a", { datastoreId: idOf("datastore", "san-1") }),
    says:
      "machines.demo-control-plane-a: nothing keeps demo-control-plane-a on esx-1: other hosts see naa.san, and start it there; " +
      "place it on a datastore of its host's own, or turn DRS on and leave hypervisor.drs out",
  },
  {
    rule: "etcd-three-members",
    change: without("demo-etcd-b", "demo-etcd-c"),
    says: "etcd.members: 1 survives no failure, and no maintenance either; use 3",
  },
  {
    rule: "etcd-seven-members-at-most",
    plan: (plan) => {
      const member = plan.machines.find(({ name }) => name === "demo-etcd-a");
      if (member) for (const letter of "defghi") plan.machines.push({ ...member, name: `demo-etcd-${letter}` });
    },
    says: "etcd.members: 9 members slow every write down; use 7 or fewer, or set etcd.veryLargeSite",
  },
  {
    rule: "etcd-distinct-devices",
    change: moveDisk("demo-etcd-b", 1, "esx-1-a"),
    says:
      "machines.demo-etcd-b.disks: etcd members demo-etcd-a and demo-etcd-b share device naa.5000c500a0000011 (datastore esx-1-a); " +
      "use another device for demo-etcd-b, for example naa.5000c500a0000022 (datastore esx-2-b) of esx-2",
  },
  {
    rule: "etcd-device-known",
    change: moveDisk("demo-etcd-b", 1, "elsewhere"),
    says:
      "machines.demo-etcd-b.disks.data: the data disk of demo-etcd-b lies on datastore datastore-elsewhere, which is on no known device; " +
      "add the device and its datastore to the host in the site's description",
  },
  {
    rule: "etcd-host-majority",
    change: moveMachine("demo-etcd-b", "esx-1"),
    says:
      "hosts.esx-1: host esx-1 holds 2 of 3 etcd members (demo-etcd-a and demo-etcd-b): its loss ends the store; " +
      "spread the members so that the loss of any one host leaves a majority",
  },
  {
    rule: "etcd-split-over-two-hosts",
    spec: (site) => {
      site.hosts.pop();
      for (const host of site.hosts)
        host.devices.push({ id: `naa.${host.name}-c`, datastore: `${host.name}-c`, capacityGiB: 480 });
    },
    change: moveMachine("demo-etcd-b", "esx-2"),
    says:
      "etcd.members: etcd is split over two hosts: the loss of the larger part ends it, whichever host that is; " +
      "put all members on the most reliable host, with a device each, or add a third host",
  },
  {
    rule: "etcd-device-majority",
    change: moveDisk("demo-etcd-b", 1, "esx-1-a"),
    says:
      "devices.naa.5000c500a0000011: device naa.5000c500a0000011 carries 2 of 3 etcd members: its loss ends the store; " +
      "spread the members over more devices; redundant storage survives a disk, not its controller",
  },
  {
    rule: "etcd-domain-majority",
    spec: (site) => {
      for (const [i, host] of site.hosts.entries()) host.rack = `rack-${i}`;
    },
    change: moveMachine("demo-etcd-b", "esx-1"),
    says: "hosts.rack.rack-0: rack rack-0 holds 2 of 3 etcd members: its loss ends the store; spread the members over the racks",
  },
  {
    rule: "domains-named-throughout",
    plan: (plan) => {
      Object.assign(plan.spec.hosts[0] ?? {}, { rack: "rack-1" });
    },
    says: "hosts: 2 of 3 hosts have no rack (esx-2 and esx-3); name it for every host, or for none",
  },
  {
    rule: "etcd-memory",
    change: set("demo-etcd-a", { memory: 1024 }),
    says: "machines.demo-etcd-a.memoryGiB: demo-etcd-a has 1 GiB; give each member at least 2 GiB; 8 GiB is usual",
  },
  {
    rule: "etcd-disk",
    change: (stack) => {
      inputsOf(stack, "demo-etcd-a").disks[1].size = 4;
    },
    says: "machines.demo-etcd-a.disks.data: the data disk of demo-etcd-a has 4 GiB; give each member a data disk of at least 8 GiB; 20 GiB is usual",
  },
  {
    rule: "etcd-disk",
    change: (stack) => {
      inputsOf(stack, "demo-etcd-c").disks.pop();
    },
    says: "machines.demo-etcd-c.disks: demo-etcd-c has no data disk; give each member a data disk of at least 8 GiB; 20 GiB is usual",
  },
  {
    rule: "etcd-magnetic-disk",
    spec: (site) => {
      site.hosts[0].devices[1].media = "hdd";
    },
    change: moveDisk("demo-etcd-a", 1, "esx-1-b"),
    says:
      "machines.demo-etcd-a.disks.data: demo-etcd-a lies on naa.5000c500a0000012, a magnetic disk: writes wait for it, and a slow member is an unsteady one; " +
      "use an SSD or NVMe device, or set etcd.acceptMagneticDisks: true",
  },
  {
    rule: "etcd-fsync",
    change: measured(38.5),
    says:
      "machines.demo-etcd-b.disks.data: a write to the disk of demo-etcd-b on naa.5000c500a0000021 took 38.5 ms (p99 of fsync, measured before etcd first started), and 10 ms are allowed; " +
      "give it a faster device, or one of its own, and see whether its controller's cache writes back; one that is as it should be is accepted by etcd.fsyncMs",
  },
  {
    rule: "etcd-timers",
    plan: (plan) => {
      plan.etcd.electionMs = 100;
    },
    says:
      "etcd.electionMs: an election timeout of 100 ms is too short for a heartbeat of 100 ms and a round trip of 1 ms; " +
      "leave etcd.heartbeatMs and etcd.electionMs to the planner, or raise them",
  },
  {
    rule: "etcd-rtt",
    plan: (plan) => {
      plan.spec.network.rttMs = 60;
    },
    says: "network.rttMs: 60 ms lie between etcd members; keep members within 50 ms of each other; every write waits for a majority",
  },
  {
    rule: "control-planes-two",
    change: without("demo-control-plane-b"),
    says: "controlPlanes.count: demo-control-plane-a is the only control plane: no failure and no update passes unnoticed; set controlPlanes: 2",
  },
  {
    rule: "control-planes-different-hosts",
    change: moveMachine("demo-control-plane-b", "esx-1"),
    says:
      "machines.demo-control-plane-b: control planes demo-control-plane-a and demo-control-plane-b are all on host esx-1; " +
      "place one of them on another host",
  },
  {
    rule: "control-plane-size",
    change: set("demo-control-plane-a", { numCpus: 1 }),
    says: "machines.demo-control-plane-a: demo-control-plane-a has 1 CPUs and 8 GiB; give it at least 2 CPUs and 2 GiB; 8 GiB is usual",
  },
  {
    rule: "control-planes-behind-load-balancer",
    change: without("demo-load-balancer-a", "demo-load-balancer-b"),
    says: "loadBalancer: control planes are behind no load balancer; use loadBalancer.kind haproxy, external or dns",
  },
  {
    rule: "load-balancers-two",
    change: without("demo-load-balancer-b"),
    says: "loadBalancer.count: demo-load-balancer-a is the only load balancer: without it nobody reaches the API; set loadBalancer.count: 2",
  },
  {
    rule: "load-balancers-different-hosts",
    change: moveMachine("demo-load-balancer-a", "esx-1"),
    says:
      "machines.demo-load-balancer-b: load balancers demo-load-balancer-a and demo-load-balancer-b are all on host esx-1; " +
      "place one of them on another host",
  },
  {
    rule: "dns-endpoint",
    plan: (plan) => {
      plan.spec.loadBalancer = { kind: "dns", endpoint: "api.example", port: 6443 };
      plan.endpoint.host = "api.example";
    },
    says:
      "loadBalancer: clients of api.example try a dead API server too; " +
      "keep their time to live short and remove a dead one by hand, or use haproxy",
  },
  {
    rule: "anti-affinity-mandatory",
    change: (stack) => {
      inputsOf(stack, "demo-etcd-apart", types.antiAffinityRule).mandatory = false;
    },
    says:
      "rules.demo-etcd-apart: rule demo-etcd-apart is not mandatory: DRS may put demo-etcd-a, demo-etcd-b and demo-etcd-c together; " +
      "add an enabled, mandatory anti-affinity rule that names them all",
  },
  {
    rule: "anti-affinity-mandatory",
    change: (stack) => {
      inputsOf(stack, "demo-etcd-apart", types.antiAffinityRule).virtualMachineIds.pop();
    },
    says:
      "machines.demo-etcd-a: no rule keeps demo-etcd-a, demo-etcd-b and demo-etcd-c apart: DRS may put them together; " +
      "add an enabled, mandatory anti-affinity rule that names them all",
  },
  {
    rule: "vm-host-mandatory",
    change: (stack) => {
      inputsOf(stack, "demo-on-esx-2", types.hostRule).enabled = false;
    },
    says: [
      "machines.demo-control-plane-b: no VM-host rule keeps demo-control-plane-b on esx-2; add an enabled, mandatory VM-host rule for it",
      "machines.demo-etcd-b: no VM-host rule keeps demo-etcd-b on esx-2; add an enabled, mandatory VM-host rule for it",
    ],
  },
  {
    rule: "vm-host-mandatory",
    change: (stack) => {
      inputsOf(stack, "demo-on-esx-2-machines", types.virtualMachineGroup).virtualMachineIds.pop();
    },
    says: "machines.demo-etcd-b: no VM-host rule keeps demo-etcd-b on esx-2; add an enabled, mandatory VM-host rule for it",
  },
  {
    rule: "vm-host-mandatory",
    change: (stack) => {
      inputsOf(stack, "demo-on-esx-3-hosts", types.hostGroup).hostSystemIds = [idOf("host", "esx-1")];
    },
    says: ["demo-etcd-c", "demo-load-balancer-a"].map(
      (name) =>
        `machines.${name}: rule demo-on-esx-3 keeps ${name} off esx-3, where it is; correct the rule or the machine's host`,
    ),
  },
  {
    rule: "anti-affinity-possible",
    change: moveMachine("demo-etcd-b", "esx-1"),
    says:
      "rules.demo-etcd-apart: rule demo-etcd-apart keeps demo-etcd-a and demo-etcd-b apart, but both are on esx-1; " +
      "place one of them on another host",
  },
  {
    rule: "disk-on-its-host",
    change: moveMachine("demo-general-a", "esx-2"),
    says:
      "machines.demo-general-a.disks.system: demo-general-a runs on esx-2, which does not see device naa.5000c500a0000032 of its system disk; " +
      "use a datastore of the machine's host",
  },
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
    rule: "workers-different-hosts",
    change: moveMachine("demo-general-a", "esx-2"),
    says: "workers: all workers (demo-general-a and demo-general-b) are on host esx-2; add workers, or let the planner spread them",
  },
  {
    rule: "addresses-unique",
    plan: (plan) => {
      for (const machine of plan.machines) if (machine.name === "demo-etcd-b") machine.address = "10.42.0.10";
    },
    says: "machines.demo-etcd-b: demo-etcd-a and demo-etcd-b have one address, 10.42.0.10; give each machine its own address",
  },
  {
    rule: "addresses-in-network",
    plan: (plan) => {
      for (const machine of plan.machines) if (machine.name === "demo-etcd-b") machine.address = "10.43.0.11";
    },
    says: "machines.demo-etcd-b: demo-etcd-b has 10.43.0.11, outside 10.42.0.0/24; use addresses of network.cidr",
  },
  {
    rule: "name-servers",
    plan: (plan) => {
      plan.spec.network.nameservers = [];
    },
    says:
      "network.nameservers: it is empty, so no machine looks up a name, pulls an image by it, or runs the cluster's DNS; " +
      "list one or more DNS servers that the machines reach",
  },
  {
    rule: "name-servers-asked",
    plan: (plan) => {
      plan.spec.network.nameservers = ["10.42.0.2", "10.42.0.3", "10.43.0.2", "10.43.0.3"];
    },
    says:
      "network.nameservers[3]: machines and pods ask the first 3 of the 4, and never this one; " +
      "list the three that are to be asked",
  },
  {
    rule: "network-policy-enforced",
    plan: (plan) => {
      plan.spec.kubernetes.podNetwork = { kind: "routed", enforcesNetworkPolicy: false };
    },
    says:
      "kubernetes.podNetwork: pod network routed does not enforce NetworkPolicy: every pod reaches every pod; " +
      "set kubernetes.podNetwork.enforcesNetworkPolicy to true under routed, or use cilium, or a manifest of a network that enforces it",
  },
  {
    rule: "disks-encrypted",
    settings: { sound: { encryption }, broken: { encryption: { devices: encryption.devices.slice(1) } } },
    says: ["system", "data"].map(
      (disk) =>
        `machines.demo-etcd-a.disks.${disk}: the ${disk} disk of demo-etcd-a lies on device naa.5000c500a0000011, which nobody says encrypts, and has no storage policy that does; ` +
        "give the disk a storage policy that encrypts, or a datastore on a device that encrypts itself, and name it in the setting `encryption`",
    ),
  },
  {
    rule: "lives-alone",
    plan: ({ spec }) => {
      spec.pki.aloneMonths = 3;
    },
    says:
      "pki.aloneMonths: the site stops 3 months after its last `up`, and 6 are asked for; " +
      "set pki.aloneMonths to as many or more",
  },
  {
    rule: "backup-made",
    settings: { sound: { backup }, broken: { backup: { ...backup, encrypted: false } } },
    says:
      "backup: the backups of etcd are not encrypted; " +
      "encrypt the snapshots: they hold every Secret and key of the cluster",
  },
  {
    rule: "backup-elsewhere",
    settings: { sound: { backup }, broken: { backup: { ...backup, copiedTo: "esx-1" } } },
    says:
      "backup: the backups lie on esx-1, which is a part of the site; " +
      "copy them to another room or site, and name it in the setting `backup`",
  },
  {
    rule: "backup-age",
    settings: { sound: { backup }, broken: { backup: { ...backup, last: hoursAgo(30.5) } } },
    says:
      "backup: the last backup of etcd is 30 hours old, 24 at most are allowed; " +
      "find out why the timer does not run, or does not succeed",
  },
  {
    rule: "monitoring-fits",
    spec: watched,
    plan: ({ spec }) => {
      if (spec.addons.monitoring) spec.addons.monitoring.retentionDays = 3650;
    },
    says:
      "addons.monitoring.retentionDays: metrics of 3650 days take 577.5 GiB, and demo-control-plane-a has a disk of 40 GiB; " +
      "set fewer addons.monitoring.retentionDays, or a larger controlPlanes.diskGiB",
  },
  {
    rule: "alerts-told",
    spec: watched,
    plan: ({ spec }) => {
      if (spec.addons.monitoring) spec.addons.monitoring.alerts = [];
    },
    says: "addons.monitoring.alerts: alerts go to nobody; list a webhook or people's mail in addons.monitoring.alerts",
  },
  {
    rule: "restore-drilled",
    settings: { sound: { drill }, broken: { drill: staleDrill } },
    says:
      `drill: the last drill was 100 days ago, on ${hoursAgo(100.5 * 24).slice(0, 10)}; 92 at most are allowed; ` +
      "run `npx groundwork drill`, see that it passes, and commit its record",
  },
];
