import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensure, runner } from "../../lab/toolchain/artifact";
import { vcenter } from "../../lab/toolchain/vcenter";
import { findDatacenter } from "../../lab/vcenter/datacenter";
import { TestLab } from "../support/vcenter/lab";

let lab: TestLab;
const docker = (...args: string[]) => runner()("docker", args);

beforeAll(async () => {
  lab = await TestLab.start();
});

afterAll(async () => {
  await lab.destroy();
  const label = `label=groundwork.lab=${lab.name}`;
  expect(await docker("ps", "--all", "--quiet", "--filter", label)).toBe("");
  expect(await docker("network", "ls", "--quiet", "--filter", label)).toBe("");
  expect(await docker("image", "ls", "--quiet", "--filter", `reference=groundwork-${lab.name}*`)).toBe("");
  expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(lab.state);
  expect(await runner()("losetup", ["--all"])).not.toContain(lab.state);
  expect(existsSync(lab.state)).toBe(false);
});

describe("the inventory", () => {
  it("shows the device below a datastore as its extent, on the host that has it", async () => {
    expect(await lab.property("datastore/esx-2-b", "info")).toMatchObject({
      vmfs: { type: "VMFS", extent: [{ diskName: "naa.5000c5002b", partition: 1 }] },
    });
    expect(await lab.center.govc("datastore.info", "esx-2-b")).toMatch(/Capacity: +400.0 GB/);
    const luns = (host: string) => lab.center.govc("host.storage.info", "-host", host);
    expect(await luns("esx-2")).toContain("naa.5000c5002b");
    expect(await luns("esx-1")).not.toContain("naa.5000c5002b");
    expect(await lab.center.govc("cluster.usage", "C0")).toContain("192");
  });

  it("refuses a wrong password as vCenter does", async () => {
    const { server, user } = lab.center;
    const env = { GOVC_URL: `https://${server}`, GOVC_USERNAME: user, GOVC_PASSWORD: "wrong", GOVC_INSECURE: "1" };
    await expect(runner()(join(await ensure(vcenter), "govc"), ["about"], { env })).rejects.toThrow(
      "Cannot complete login due to an incorrect user name or password.",
    );
  });

  it("refuses to put a machine where its host has no storage", async () => {
    const target = ["-host", "esx-1", "-ds", "esx-2-a", "lost"];
    await expect(lab.center.govc("vm.clone", "-vm", "groundwork-node", "-on=false", ...target)).rejects.toThrow(
      "The host esx-1 has no access to the datastore esx-2-a.",
    );
  });

  it("refuses the control endpoint to who has no token", async () => {
    expect((await fetch(`${lab.center.control.url}/machines`)).status).toBe(401);
    await expect(lab.center.control.hostDown("esx-9")).rejects.toThrow(
      "host esx-9: is not of the inventory; name one of its hosts",
    );
  });
});

describe("machines", () => {
  it("come up in parallel with the planned addresses", async () => {
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => lab.machine(`m${n}`, ((n - 1) % 3) + 1, 10 + n)));
    for (const { name, address, on } of await lab.center.control.machines()) {
      expect(on).toBe(true);
      expect(address).toBe(lab.address(10 + Number(name.slice(1))));
      expect(await lab.center.govc("vm.ip", name)).toBe(`${address}\n`);
      expect(await lab.guest(name).environment()).toContain(address);
    }
  });

  it("read and wipe their guestinfo, which is nowhere else", async () => {
    const guest = lab.guest("m1");
    expect(await guest.rpc("info-get guestinfo.userdata")).toBe("secret");
    expect(await guest.environment()).not.toContain("secret");
    await guest.rpc("info-set guestinfo.userdata ---");
    expect(await guest.rpc("info-get guestinfo.userdata")).toBe("---");
    expect(await lab.center.govc("vm.info", "-e", "m1")).not.toContain("secret");
    await expect(guest.rpc("info-get guestinfo.vendordata")).rejects.toThrow("No value found");
  });

  it("have the seed on the first disk and the second disk on its own device", async () => {
    const guest = lab.guest("m1");
    expect(await guest.read("/var/lib/containerd/image")).toBe("unpacked");
    await guest.write("/var/lib/etcd/member", "m1");
    const [machine] = (await lab.center.control.machines()).filter(({ name }) => name === "m1");
    expect(machine?.disks.map(({ device }) => device)).toEqual(["naa.5000c5001a", "naa.5000c5001b"]);
    expect(readFileSync(join(machine?.disks[1]?.folder ?? "", "member"), "utf8")).toBe("m1");
  });

  it("keep their disks and their root file system when their hardware changes", async () => {
    const { govc } = lab.center;
    await lab.guest("m2").write("/root-file", "kept");
    await lab.guest("m2").write("/var/lib/etcd/member", "m2");
    await govc("vm.power", "-s", "m2");
    await until(async () => (await lab.property("vm/m2", "runtime.powerState")) === "poweredOff");
    await govc("vm.change", "-vm", "m2", "-m", "4096");
    await govc("vm.migrate", "-ds", "esx-2-b", "m2");
    await govc("vm.power", "-on", "m2");
    expect(await lab.guest("m2").read("/root-file")).toBe("kept");
    expect(await lab.guest("m2").read("/var/lib/etcd/member")).toBe("m2");
    expect(await lab.guest("m2").read("/var/lib/containerd/image")).toBe("unpacked");
    const [machine] = (await lab.center.control.machines()).filter(({ name }) => name === "m2");
    expect(machine?.disks.map(({ datastore }) => datastore)).toEqual(["esx-2-b", "esx-2-b"]);
    expect(machine?.disks.every(({ folder }) => existsSync(folder))).toBe(true);
  });

  it("are off when their guest has ended by itself", async () => {
    await docker("exec", lab.guest("m8").container, "/sbin/vmware-rpctool", "info-get guestinfo.userdata");
    await docker("kill", "--signal", "TERM", lab.guest("m8").container);
    await until(async () => (await lab.property("vm/m8", "runtime.powerState")) === "poweredOff");
    await lab.center.control.startMachine("m8");
    expect(await lab.guest("m8").read("/var/lib/containerd/image")).toBe("unpacked");
  });

  it("leave rules, disks and containers when they are destroyed", async () => {
    const { govc } = lab.center;
    await govc("cluster.rule.create", "-name", "apart", "-enable", "-mandatory", "-anti-affinity", "m4", "m5", "m6");
    const before = await lab.center.control.machines();
    await govc("vm.destroy", "m6");
    expect(await govc("cluster.rule.info", "-name", "apart")).not.toContain("m6");
    expect(await docker("ps", "--all", "--quiet", "--filter", `name=${lab.guest("m6").container}$`)).toBe("");
    for (const { folder } of before.find(({ name }) => name === "m6")?.disks ?? [])
      expect(existsSync(folder)).toBe(false);
    await expect(govc("vm.info", "-vm.uuid", before.find(({ name }) => name === "m6")?.uuid ?? "")).rejects.toThrow();
  });
});

describe("failures", () => {
  it("of a device are I/O errors for its machines alone, until it is mended", async () => {
    const { control, govc } = lab.center;
    expect(await control.failDevice("naa.5000c5001b")).toEqual(expect.arrayContaining(["m1", "m4"]));
    await expect(lab.guest("m1").write("/var/lib/etcd/member", "lost")).rejects.toThrow("input/output error");
    await expect(lab.guest("m1").read("/var/lib/etcd/member")).rejects.toThrow("input/output error");
    expect(await lab.guest("m1").read("/var/lib/containerd/image")).toBe("unpacked");
    await lab.guest("m3").write("/var/lib/etcd/member", "m3");
    expect(await lab.property("datastore/esx-1-b", "summary.accessible")).toBe(false);
    const target = ["-host", "esx-1", "-ds", "esx-1-b", "late"];
    await expect(govc("vm.clone", "-vm", "groundwork-node", "-on=false", ...target)).rejects.toThrow(
      "The datastore esx-1-b is not accessible",
    );
    expect(await control.mendDevice("naa.5000c5001b")).toEqual(expect.arrayContaining(["m1", "m4"]));
    expect(await lab.guest("m1").read("/var/lib/etcd/member")).toBe("m1");
    expect(await lab.property("datastore/esx-1-b", "summary.accessible")).toBe(true);
  });

  it("of a host end its machines, which come back with it", async () => {
    const { control, govc } = lab.center;
    expect(await control.hostDown("esx-3")).toEqual(["m3"]);
    await expect(lab.guest("m3").read("/var/lib/etcd/member")).rejects.toThrow("is not running");
    expect(await lab.property("host/C0/esx-3", "runtime.connectionState")).toBe("notResponding");
    await expect(govc("vm.power", "-on", "m3")).rejects.toThrow("Unable to communicate with the host esx-3");
    expect(await control.hostUp("esx-3")).toEqual(["m3"]);
    expect(await lab.guest("m3").read("/var/lib/etcd/member")).toBe("m3");
  });

  it("of a full disk are told to the guest", async () => {
    await lab.center.control.fillMachine("m5");
    await expect(lab.guest("m5").write("/var/lib/etcd/more", "x")).rejects.toThrow("no space left on device");
    await lab.center.control.drainMachine("m5");
    await lab.guest("m5").write("/var/lib/etcd/more", "x");
  });

  it("of tasks and datastores are those of vCenter", async () => {
    const { control, govc } = lab.center;
    await control.failTask("powerOff", { message: "The operation was cancelled by the host." });
    await expect(govc("vm.power", "-off", "m7")).rejects.toThrow("The operation was cancelled by the host.");
    await control.failDatastore("esx-1-a");
    const target = ["-host", "esx-1", "-ds", "esx-1-a", "late"];
    const clone = () => govc("vm.clone", "-vm", "groundwork-node", "-on=false", ...target);
    await expect(clone()).rejects.toThrow("The datastore esx-1-a is not accessible");
    await control.mendDatastore("esx-1-a");
    await control.slowTasks(1500);
    const started = Date.now();
    await clone();
    expect(Date.now() - started).toBeGreaterThan(1500);
    await control.slowTasks(0);
    await govc("vm.destroy", "late");
  });

  it("of sessions make every client sign in again", async () => {
    const { control, server, user, password } = lab.center;
    const env = {
      GOVC_URL: `https://${server}`,
      GOVC_USERNAME: user,
      GOVC_PASSWORD: password,
      GOVC_INSECURE: "1",
      GOVMOMI_HOME: join(lab.state, "sessions"),
    };
    await control.expireSessions();
    await runner()(join(await ensure(vcenter), "govc"), ["about"], { env });
    expect(await control.expireSessions()).toBe(1);
    expect(await control.expireSessions()).toBe(0);
    await runner()(join(await ensure(vcenter), "govc"), ["about"], { env });
  });

  it("of privileges are told by name, of an operation and beforehand (real-vcenter-09)", async () => {
    const { control, govc } = lab.center;
    await control.setPrivilege("VirtualMachine.Interact.Reset", false);
    await expect(govc("vm.power", "-reset", "m5")).rejects.toThrow(
      "Permission to perform this operation was denied. It takes the privilege VirtualMachine.Interact.Reset on ",
    );
    await control.setPrivilege("VirtualMachine.Interact.Reset", true);
    await govc("vm.power", "-reset", "m5");
    await control.setPrivilege("VirtualMachine.Config.AddNewDisk", false);
    const disk = ["vm.disk.create", "-vm", "m5", "-name", "m5-more", "-size", "1G", "-ds", "esx-1-a"];
    await expect(govc(...disk)).rejects.toThrow("VirtualMachine.Config.AddNewDisk");
    await control.setPrivilege("VirtualMachine.Config.AddNewDisk", true);
  });

  it("of a host in maintenance, a missing port group and a mandatory rule keep machines away", async () => {
    const { control, govc } = lab.center;
    const clone = (...target: string[]) => govc("vm.clone", "-vm", "groundwork-node", "-on=false", ...target, "late");
    const target = ["-host", "esx-2", "-ds", "esx-2-a"];
    await govc("host.maintenance.enter", "esx-2");
    await expect(clone(...target)).rejects.toThrow("the host esx-2 is in maintenance mode");
    await govc("host.maintenance.exit", "esx-2");
    await control.setNetwork("esx-2", "VM Network", false);
    await expect(clone(...target)).rejects.toThrow("The network VM Network is not accessible on the host esx-2.");
    await control.setNetwork("esx-2", "VM Network", true);
    await clone(...target);
    await govc("cluster.group.create", "-cluster", "C0", "-name", "late-machines", "-vm", "late");
    await govc("cluster.group.create", "-cluster", "C0", "-name", "late-hosts", "-host", "esx-1");
    const rule = ["-name", "late", "-enable", "-mandatory", "-vm-host", "-vm-group", "late-machines"];
    await govc("cluster.rule.create", ...rule, "-host-affine-group", "late-hosts");
    await expect(govc("vm.power", "-on", "late")).rejects.toThrow(
      "would violate the mandatory rule late on the host esx-2",
    );
    await govc("cluster.rule.remove", "-name", "late");
    for (const group of ["late-machines", "late-hosts"])
      await govc("cluster.group.remove", "-cluster", "C0", "-name", group);
    await govc("vm.destroy", "late");
  });

  it("of a cluster without DRS leave the choice of a host to whoever asks", async () => {
    const { govc } = lab.center;
    const pool = ["-pool", "/DC0/host/C0/Resources", "-ds", "esx-1-a"];
    const clone = () => govc("vm.clone", "-vm", "groundwork-node", "-on=false", ...pool, "late");
    await govc("cluster.change", "-drs-enabled=false", "/DC0/host/C0");
    await expect(clone()).rejects.toThrow("Without DRS a host has to be named.");
    await govc("cluster.change", "-drs-enabled=true", "/DC0/host/C0");
    await clone();
    await govc("vm.destroy", "late");
  });

  it("stop and pause a machine", async () => {
    const { control } = lab.center;
    await control.pauseMachine("m7");
    await control.resumeMachine("m7");
    await control.killMachine("m7");
    expect(await lab.property("vm/m7", "runtime.powerState")).toBe("poweredOff");
    await control.startMachine("m7");
    await control.stopMachine("m7");
    expect(await lab.property("vm/m7", "runtime.powerState")).toBe("poweredOff");
    await expect(control.pauseMachine("m9")).rejects.toThrow("machine m9: is not there");
  });
});

describe("a simulator that is killed", () => {
  it("comes back with everything as it was, and starts what no longer runs", async () => {
    const before = await snapshot();
    const endpoint = JSON.parse(readFileSync(join(lab.state, "vcenter/endpoint.json"), "utf8")) as { pid: number };
    process.kill(endpoint.pid, "SIGKILL");
    await until(async () => !existsSync(`/proc/${endpoint.pid}`));
    expect(await findDatacenter(lab.name, lab.state)).toBeUndefined();
    await docker("kill", lab.guest("m1").container);
    const { server } = lab.center;
    await lab.startCenter();
    expect(lab.center.server).toBe(server);
    expect(await snapshot()).toEqual(before);
    expect(await lab.guest("m1").read("/var/lib/etcd/member")).toBe("m1");
    expect(await lab.guest("m1").rpc("info-get guestinfo.userdata")).toBe("---");
    await lab.center.govc("cluster.rule.create", "-name", "new", "-enable", "-anti-affinity", "m1", "m2");
    const rules = (await lab.property("host/C0", "configurationEx")) as { rule: { key: number; name: string }[] };
    expect(new Set(rules.rule.map(({ key }) => key)).size).toBe(rules.rule.length);
  });

  it("takes a grown inventory without giving anything another id", async () => {
    const before = await snapshot();
    const host = { name: "esx-0", cpus: 8, memoryGiB: 32 };
    const device = { id: "naa.5000c5000a", hosts: ["esx-0"] };
    await lab.startCenter({
      ...lab.inventory,
      hosts: [host, ...lab.inventory.hosts],
      devices: [device, ...lab.inventory.devices],
      datastores: [{ name: "esx-0-a", device: device.id }, ...lab.inventory.datastores],
    });
    const after = await snapshot();
    expect(after).toEqual(expect.arrayContaining(before));
    expect(after.some((line) => line.endsWith("esx-0-a"))).toBe(true);
    await lab.machine("m9", 3, 60);
    const unchanged = await findDatacenter(lab.name, lab.state);
    expect(unchanged?.server).toBe(lab.center.server);
  });
});

/** Every object of the inventory with its id, and what is said of machines. */
async function snapshot(): Promise<string[]> {
  const objects = (await lab.center.govc("find", "-i", "-l", "/")).trim().split("\n").sort();
  const machines = (await lab.center.control.machines()).map((machine) => JSON.stringify(machine));
  return [...objects, ...machines];
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 15_000; !(await holds()); await sleep(100))
    if (Date.now() > deadline) throw new Error("it did not come true within 15 s");
}
