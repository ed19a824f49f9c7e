import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { cloneMinutes } from "../../components/hypervisors/vsphere/Datacenter";
import { firstBoot } from "../../infra/firstBoot";
import { parseSite } from "../../site/description/parse";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import type { Project } from "../support/project";
import { freePort } from "../support/sshd";
import { answerOf, Between } from "../support/vcenter/between";
import { TestLab } from "../support/vcenter/lab";
import { shop, shopProject } from "../support/vcenter/shop";

const shared = (kind: "nfs" | "san", name: string) => ({
  id: `naa.600${kind}`,
  kind,
  media: "ssd" as const,
  capacityGiB: 800,
  datastores: [name],
});
const sharedStorage = [shared("nfs", "nfs-1"), shared("san", "san-1")];

interface Found {
  config: {
    guestId: string;
    firmware: string;
    flags: { enableLogging: boolean };
    bootOptions: { efiSecureBootEnabled?: boolean };
    tools: { syncTimeWithHost: boolean };
    hardware: { device: Device[]; memoryMB: number };
  };
  runtime: { host: { value: string }; powerState: string };
}

interface Device {
  macAddress?: string;
  addressType?: string;
  capacityInBytes?: number;
  backing?: { thinProvisioned?: boolean; eagerlyScrub?: boolean; port?: { portgroupKey: string } };
}

let lab: TestLab;
/** A vCenter that calls a distributed switch as a real one does, and finds it by its UUID; the simulator calls it by its base type. */
let center: Between;
/** The switches' ids by their UUIDs. */
const ids = new Map<unknown, string>();
let groups: Record<string, string>;
let project: Project;
let plan: SitePlan;
const worker = "shop-general-a";
const member = "shop-etcd-a";

async function found(name: string): Promise<Found> {
  return JSON.parse(await lab.center.govc("vm.info", "-json", name)).virtualMachines[0];
}

function cardsOf({ config }: Found): Device[] {
  return config.hardware.device.filter(({ macAddress }) => macAddress);
}

async function inputs(type: string): Promise<Record<string, unknown>[]> {
  const { output } = await project.run("stack", "export", "--stack", "test");
  const { resources } = JSON.parse(output).deployment as { resources: { type: string; inputs: never }[] };
  return resources.filter((resource) => resource.type === type).map((resource) => resource.inputs);
}

/** Two distributed switches, each with a port group of one name, as NSX makes them; the ids of these. */
async function switches(): Promise<Record<string, string>> {
  const { govc } = lab.center;
  const groups: Record<string, string> = {};
  for (const name of ["switch-a", "switch-b"]) {
    await govc("dvs.create", "-num-uplinks", "1", name);
    await govc("dvs.add", "-dvs", name, "esx-1", "esx-2", "esx-3");
    await govc("dvs.portgroup.add", "-dvs", name, "-type", "earlyBinding", "NSX-nodes");
    const [, id = ""] = (await govc("find", "-i", "/DC0/network", "-name", name)).trim().split(":");
    ids.set(await lab.property(`network/${name}`, "uuid"), id);
    const found = (await govc("find", "-i", "/DC0/network", "-name", "NSX-nodes")).trim().split("\n");
    groups[name] = found.map((id) => id.split(":")[1] ?? "").find((id) => !Object.values(groups).includes(id)) ?? "";
  }
  return groups;
}

/** The template is of another system and boots in another way, as if another one had its name. */
async function changed(guest: string, ...boot: string[]): Promise<void> {
  const { govc } = lab.center;
  await govc("vm.markasvm", "-host", "esx-1", "groundwork-node");
  await govc("vm.change", "-vm", "groundwork-node", "-g", guest);
  await govc("device.boot", "-vm", "groundwork-node", ...boot);
  await govc("vm.markastemplate", "groundwork-node");
}

async function unchanged(): Promise<void> {
  const { code, output } = await project.preview("--expect-no-changes", "--diff");
  expect(code, output).toBe(0);
}

beforeAll(async () => {
  lab = await TestLab.start(sharedStorage);
  center = await Between.start(
    lab.center.server,
    (method, answer, question) => {
      if (method !== "QueryDvsByUuid")
        return answer.replaceAll('type="DistributedVirtualSwitch"', 'type="VmwareDistributedVirtualSwitch"');
      const [, uuid = ""] = /<uuid>([^<]+)</.exec(question) ?? [];
      return answerOf(
        "QueryDvsByUuid",
        `<returnval type="VmwareDistributedVirtualSwitch">${ids.get(uuid)}</returnval>`,
      );
    },
    (question) => question.replaceAll("VmwareDistributedVirtualSwitch", "DistributedVirtualSwitch"),
  );
  groups = await switches();
  await changed("debian12_64Guest", "-firmware", "efi", "-secure");
  const site = shop(lab, {
    hypervisor: {
      server: center.server,
      networks: [
        {
          name: "storage",
          network: "NSX-nodes",
          distributedSwitch: "switch-a",
          cidr: "10.0.50.0/24",
          machines: "10.0.50.10-10.0.50.40",
        },
      ],
    },
    sharedStorage,
    etcd: { systemDiskGiB: 20, placement: { a: { host: "esx-1", datastore: "nfs-1" } } },
    workers: [
      { name: "general", count: 1, cpus: 2, memoryGiB: 2.3, placement: { a: { host: "esx-1", datastore: "san-1" } } },
    ],
  });
  plan = planSite(parseSite(site));
  project = await shopProject(lab, site, { machines: "-(etcd|general)-a$" });
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
});

afterAll(async () => {
  project?.remove();
  await center?.stop();
  await lab?.destroy();
});

describe("a machine that is made", () => {
  it("real-vcenter 01: has the MAC address of its plan", async () => {
    const [card] = cardsOf(await found(worker));
    expect(card).toMatchObject({
      addressType: "manual",
      macAddress: expect.stringMatching(/^00:50:56:[0-3]/),
    });
  });

  it("has a second card where its role has one, with an address of its own, and others have not", async () => {
    const [first, second, third] = cardsOf(await found(worker));
    expect(second).toMatchObject({ addressType: "manual", macAddress: expect.stringMatching(/^00:50:56:[0-3]/) });
    expect(second?.macAddress).not.toBe(first?.macAddress);
    expect(second?.backing?.port?.portgroupKey).toBe(groups["switch-a"]);
    expect(third).toBeUndefined();
    expect(cardsOf(await found(member))).toHaveLength(1);
  });

  it("real-vcenter 05: has its data disk written in full only where the storage does that", async () => {
    const [, data] = (await found(member)).config.hardware.device.filter((device) => device.capacityInBytes);
    expect(data?.backing).toMatchObject({ thinProvisioned: true, eagerlyScrub: false });
  });

  it("real-vcenter 08: is given time in proportion to how many there are and how large the template is", async () => {
    expect(await inputs("pulumi:providers:vsphere")).toMatchObject([{ apiTimeout: "60" }]);
    const machines = await inputs("vsphere:index/virtualMachine:VirtualMachine");
    expect(machines).toHaveLength(2);
    for (const machine of machines)
      expect(machine).toMatchObject({ clone: { timeout: cloneMinutes(8, [{ size: 20 }]) } });
    expect(cloneMinutes(8, [{ size: 20 }])).toBe(54);
    expect(cloneMinutes(9, [{ size: 8 }])).toBe(30);
    expect(cloneMinutes(20, [{ size: 16 }, { size: 4 }])).toBe(134);
  });

  it("real-vcenter 21: has memory in steps that ESXi takes, not less than planned", async () => {
    expect((await found(worker)).config.hardware.memoryMB).toBe(2356);
  });

  it("real-vcenter 17, official-plugins 2: boots as securely as the template, writes a log, and leaves its clock to chrony", async () => {
    const { config } = await found(worker);
    expect([config.firmware, config.bootOptions.efiSecureBootEnabled]).toEqual(["efi", true]);
    expect(config.flags.enableLogging).toBe(true);
    expect(config.tools.syncTimeWithHost).toBe(false);
  });
});

describe("a machine that runs", () => {
  it("is left as it is by a second run", unchanged);

  it("real-vcenter 06: is left as it is when another template has the place of its own", async () => {
    const before = await found(worker);
    await changed("rhel9_64Guest", "-firmware", "bios", "-secure=false");
    const { config } = await found("groundwork-node");
    expect([config.guestId, config.firmware]).toEqual(["rhel9_64Guest", "bios"]);
    expect([config.guestId, config.firmware]).not.toEqual([before.config.guestId, before.config.firmware]);
    await unchanged();
  });

  it("real-vcenter 18: is not moved back from where DRS has put it, if it is a worker on shared storage", async () => {
    const before = (await found(worker)).runtime.host;
    await lab.center.govc("vm.migrate", "-host", "esx-2", worker);
    expect((await found(worker)).runtime.host).not.toEqual(before);
    const { code, output } = await project.run("refresh", "--stack", "test", "--yes", "--skip-preview");
    expect(code, output).toBe(0);
    await unchanged();
  });
});

describe("a machine that boots (real-vcenter-30)", () => {
  const seconds = 1000;
  /** What is told of the worker, if it has an address of this computer, where SSH answers at a port. */
  async function told(boot: number, port: number, address = "127.0.0.1"): Promise<string> {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const info = vi.spyOn(console, "log").mockImplementation(() => {});
    try {
      const { user, password } = lab.center;
      const booted = firstBoot(plan, { user, password }, { boot, pause: { first: 100, longest: 500 }, port });
      const machine = plan.machines.find(({ name }) => name === worker);
      if (machine === undefined || booted === undefined) throw new Error(`no ${worker}`);
      await booted({ ...machine, address });
      return warn.mock.calls.flat().join("\n");
    } finally {
      warn.mockRestore();
      info.mockRestore();
    }
  }

  it("is waited for as long as it may take from its start, and taken when SSH answers", async () => {
    const { govc } = lab.center;
    await govc("vm.power", "-off", worker);
    await govc("vm.power", "-on", worker);
    const port = await freePort();
    const server = createServer((socket) => socket.end());
    const [started, later] = [Date.now(), 4 * seconds];
    setTimeout(() => server.listen(port, "127.0.0.1"), later);
    try {
      expect(await told(600 * seconds, port)).toBe("");
      expect(Date.now() - started).toBeGreaterThanOrEqual(later);
    } finally {
      server.close();
    }
  });

  it("is told with what vCenter knows of its guest, when it is given up", async () => {
    const port = await freePort();
    const { govc } = lab.center;
    const boot = async () => {
      await govc("vm.power", "-off", worker);
      await govc("vm.power", "-on", worker);
    };
    await boot();
    expect(await told(3 * seconds, port)).toMatch(
      /machines\.shop-general-a: SSH at 127\.0\.0\.1 has not answered 3 s after it was switched on; vCenter says: it has the address .+; see on its console/,
    );
    await boot();
    const off = told(5 * seconds, port);
    await sleep(2 * seconds);
    await govc("vm.power", "-off", worker);
    expect(await off).toMatch(/vCenter says: it is switched off; power it on, or run `up`/);
  });

  it("is not waited for when it has been on for long, or is off", async () => {
    const port = await freePort();
    expect(await told(600 * seconds, port)).toBe("");
    await lab.center.govc("vm.power", "-on", worker);
    expect(await told(0, port)).toBe("");
  });
});

describe("a port group of a distributed switch, whose name is there twice (F13, real-vcenter-16)", () => {
  const connected = (hypervisor: object) => {
    const stack = parse(readFileSync(join(project.folder, "Pulumi.test.yaml"), "utf8"));
    const described = stack.config["groundwork:site"];
    const changed = { ...described, hypervisor: { ...described.hypervisor, ...hypervisor } };
    project.write(
      "Pulumi.test.yaml",
      JSON.stringify({ ...stack, config: { ...stack.config, "groundwork:site": changed } }),
    );
    return project.up("--skip-preview");
  };

  it("is refused without its switch, or with one that is not there, and is what the machine is connected to with it", async () => {
    const [first] = cardsOf(await found(worker));
    const refused = await connected({ network: "NSX-nodes" });
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(
      /hypervisor\.network: DC0 of .+ has several .+NSX-nodes; name its distributed switch in hypervisor\.distributedSwitch/,
    );
    const wrong = await connected({ distributedSwitch: "switch-c" });
    expect(wrong.output).toMatch(/hypervisor\.distributedSwitch: distributed switch switch-c not found in DC0 of /);
    const { code, output } = await connected({ network: "NSX-nodes", distributedSwitch: "switch-b" });
    expect(code, output).toBe(0);
    const switchOf = ({ backing }: Device) => backing?.port?.portgroupKey;
    const cards = cardsOf(await found(worker));
    expect(cards.filter((card) => card.macAddress === first?.macAddress).map(switchOf)).toEqual([groups["switch-b"]]);
    expect(cards.filter((card) => card.macAddress !== first?.macAddress).map(switchOf)).toEqual([groups["switch-a"]]);
    await unchanged();
  });
});
