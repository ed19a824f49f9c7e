import * as types from "../../../policies/types";
import { found, inputsOf, type Resource } from "../../support/demoStack";
import { type Breakage, moveDisk, moveMachine, set, without } from "../breakage";

/** What the site's members said of their disks: the second one's takes so many milliseconds. */
const measured = (p99Ms: number) => (stack: Resource[]) => {
  const members = ["a", "b"].map((letter) => ({
    name: `demo-etcd-${letter}`,
    disk: { p99Ms: letter === "b" ? p99Ms : 0.9, writes: 1000, time: "2026-11-28T20:41:07Z" },
  }));
  const root = found(stack, "demo", types.site);
  root.outputs = { members: [...members, { name: "demo-etcd-c" }] };
};

/** Members of etcd: how many, where, on which disks, and how fast. */
export const etcd: Breakage[] = [
  {
    rule: "etcd-odd-members",
    change: without("demo-etcd-c"),
    says: "etcd.members: 2 survives no more than 1 does; use 3",
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
        host.devices.push({ id: `dev.${host.name}-c`, datastore: `${host.name}-c`, capacityGiB: 480 });
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
    rule: "volumes-off-etcd",
    spec: (site) => {
      site.addons = { localVolumes: {} };
      site.workers[0].volumesGiB = 50;
    },
    change: moveDisk("demo-general-a", 1, "esx-3-a"),
    says:
      "machines.demo-general-a.disks.data: the volumes of demo-general-a lie on naa.5000c500a0000031 with the data of demo-etcd-c; " +
      "place the worker's disk on a device without etcd, or leave volumesGiB out of its pool",
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
    rule: "event-storm",
    spec: (site) => {
      site.kubernetes.eventRateLimit = { server: { perSecond: 60 } };
    },
    plan: (plan) => {
      plan.spec.kubernetes.eventRateLimit.server = { perSecond: 600 };
    },
    says:
      "kubernetes.eventRateLimit.server: events of an hour may take 9492 MiB, and half of their store's quota is 1024; " +
      "lower it, raise etcd.quotaGiB, or give events a store of their own (etcd.events)",
  },
];
