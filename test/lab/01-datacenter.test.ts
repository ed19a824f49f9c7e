import { beforeAll, describe, expect, it } from "vitest";
import { RunningSite } from "../support/lab/site";

interface Reference {
  type: string;
  value: string;
}

interface VirtualMachine {
  self: Reference;
  name: string;
  runtime: { host: Reference; powerState: string };
  config: {
    hardware: {
      device: { key: number; backing?: { fileName?: string; datastore?: Reference }; capacityInKB?: number }[];
    };
    cpuAllocation: { reservation: number };
    memoryAllocation: { reservation: number };
  };
}

interface Datastore {
  self: Reference;
  name: string;
  info: { vmfs: { extent: { diskName: string }[] } };
  host: { key: Reference }[];
}

interface Cluster {
  drsConfig: { enabled: boolean };
  rule: {
    name: string;
    enabled: boolean;
    mandatory: boolean;
    vm?: Reference[];
    vmGroupName?: string;
    affineHostGroupName?: string;
  }[];
  group: { name: string; vm?: Reference[]; host?: Reference[] }[];
}

describe("the datacenter, as govc shows it", () => {
  let site: RunningSite;
  let machines: VirtualMachine[];
  let datastores: Datastore[];
  let cluster: Cluster;
  let hosts: Map<string, string>;

  beforeAll(async () => {
    site = await RunningSite.open();
    const json = async <T>(...args: string[]) => JSON.parse(await site.run("govc", args)) as T;
    const names = site.machines().map(({ name }) => name);
    machines = (await json<{ virtualMachines: VirtualMachine[] }>("vm.info", "-json", ...names)).virtualMachines;
    datastores = (await json<{ datastores: Datastore[] }>("datastore.info", "-json")).datastores;
    const { hypervisor } = site.plan.spec;
    if (hypervisor.kind !== "vsphere") throw new Error("the demo's site is on vSphere");
    cluster = await json<Cluster>(
      "object.collect",
      "-json",
      "-s",
      `/${hypervisor.datacenter}/host/${hypervisor.cluster}`,
      "configurationEx",
    );
    const found = await json<{ hostSystems: { self: Reference; name: string }[] }>("host.info", "-json", "*");
    hosts = new Map(found.hostSystems.map(({ self, name }) => [self.value, name]));
  });

  const nameOf = (reference: Reference) => machines.find(({ self }) => self.value === reference.value)?.name;

  /** The datastores of a machine's disks, in their order. */
  const disksOf = (machine: VirtualMachine) =>
    machine.config.hardware.device
      .filter(({ capacityInKB }) => capacityInKB !== undefined)
      .map(({ backing }) => datastores.find(({ self }) => self.value === backing?.datastore?.value));

  it("has every planned machine on, on its host, with its disks on their datastores and devices", () => {
    const seen = machines.map((machine) => ({
      name: machine.name,
      on: machine.runtime.powerState,
      host: hosts.get(machine.runtime.host.value),
      disks: disksOf(machine).map((store) => [store?.name, store?.info.vmfs.extent.map(({ diskName }) => diskName)]),
    }));
    const planned = site.machines().map(({ name, host, disks }) => ({
      name,
      on: "poweredOn",
      host,
      disks: disks.map(({ datastore, device }) => [datastore, [device]]),
    }));
    expect(seen.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(planned);
  });

  it("has each etcd member's data on another datastore, another device and another host (L3)", () => {
    const members = machines.filter(({ name }) => site.machine(name).role === "etcd");
    const data = members.map((member) => disksOf(member)[1]);
    expect(new Set(data.map((store) => store?.name)).size).toBe(3);
    expect(new Set(data.flatMap((store) => store?.info.vmfs.extent.map(({ diskName }) => diskName))).size).toBe(3);
    expect(new Set(data.map((store) => store?.host.map(({ key }) => hosts.get(key.value)).join())).size).toBe(3);
    expect(new Set(members.map(({ runtime }) => runtime.host.value)).size).toBe(3);
  });

  it("keeps like machines apart by mandatory, enabled rules (L10)", () => {
    expect(cluster.drsConfig.enabled).toBe(true);
    for (const role of ["etcd", "control-plane", "load-balancer"] as const) {
      const names = site.machines(role).map(({ name }) => name);
      const rule = cluster.rule.find(({ vm }) => vm?.some((each) => nameOf(each) === names[0]));
      expect(rule, role).toMatchObject({ enabled: true, mandatory: true });
      expect(rule?.vm?.map(nameOf).sort()).toEqual(names);
    }
  });

  it("keeps what stores and serves the cluster's state on the host of its disks by mandatory, enabled rules", () => {
    const group = (name: string | undefined) => cluster.group.find((each) => each.name === name);
    const bound = new Map<string, string>();
    for (const rule of cluster.rule.filter(({ affineHostGroupName }) => affineHostGroupName)) {
      expect(rule).toMatchObject({ enabled: true, mandatory: true });
      const to = group(rule.affineHostGroupName)?.host?.map(({ value }) => hosts.get(value)) ?? [];
      for (const machine of group(rule.vmGroupName)?.vm ?? []) bound.set(nameOf(machine) ?? "", to.join());
    }
    const planned = site.machines("etcd", "control-plane", "load-balancer");
    expect(bound).toEqual(new Map(planned.map(({ name, host }) => [name, host])));
  });

  it("reserves processor and memory for etcd and control planes (L10)", () => {
    for (const { name, config } of machines) {
      const { reservation, role, memoryGiB } = site.machine(name);
      expect(config.cpuAllocation.reservation, name).toBe(reservation.cpuMHz);
      expect(config.memoryAllocation.reservation, name).toBe(reservation.memoryGiB * 1024);
      if (role === "etcd" || role === "control-plane") {
        expect(config.memoryAllocation.reservation, name).toBe(memoryGiB * 1024);
        expect(config.cpuAllocation.reservation, name).toBeGreaterThan(0);
      }
    }
  });
});
