import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { cloneMinutes } from "../../components/hypervisors/vsphere/Datacenter";
import { repository } from "../../lab/toolchain/artifact";
import { ownRuntime, Project } from "../support/project";
import { vsphere } from "../support/testCenter";
import { answerOf, Between } from "../support/vcenter/between";
import { TestLab } from "../support/vcenter/lab";

/** Some machines of a plan, made as a site makes them; nothing of them is configured. */
const program = `
import * as pulumi from "@pulumi/pulumi";
import { Datacenter } from "${repository}/components/hypervisors/vsphere/Datacenter";
import { VsphereMachine } from "${repository}/components/hypervisors/vsphere/VsphereMachine";
import { parseSite } from "${repository}/site/description/parse";
import { macAddress } from "${repository}/site/plan/macAddress";
import { planSite } from "${repository}/site/plan/plan";

const config = new pulumi.Config("groundwork");
const plan = planSite(parseSite(config.requireObject("site")));
const parent = new pulumi.ComponentResource("test:index:Site", "shop");
const credentials = { user: process.env.VSPHERE_USER ?? "", password: process.env.VSPHERE_PASSWORD ?? "" };
const hypervisor = plan.spec.hypervisor as any;
const datacenter = new Datacenter("shop", { plan, hypervisor, credentials }, { parent });
for (const machine of plan.machines.filter(({ name }) => /-(etcd|general)-a$/.test(name)))
  new VsphereMachine(
    {
      plan: machine,
      site: plan.site,
      datacenter,
      cards: [undefined, ...(machine.cards ?? []).map(({ network }) => network)].map((network) => ({
        networkId: datacenter.networkId(network),
        macAddress: macAddress(plan, machine, network),
      })),
      cloudInit: { metadata: "{}", userdata: "#cloud-config" },
      user: "groundwork",
      privateKey: "",
      hostKey: "",
      isReplaced: false,
      dependsOn: Promise.resolve([]),
    },
    { parent },
  );
`;

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
  const hosts = [1, 2, 3].map((n) => ({
    name: `esx-${n}`,
    cpus: 16,
    memoryGiB: 64,
    devices: ["a", "b"].map((x) => ({ id: `naa.5000c500${n}${x}`, capacityGiB: 400, datastore: `esx-${n}-${x}` })),
  }));
  const site = {
    name: "shop",
    hypervisor: {
      kind: "vsphere",
      server: center.server,
      datacenter: "DC0",
      cluster: "C0",
      template: "groundwork-node",
      network: "VM Network",
      networks: [
        {
          name: "storage",
          network: "NSX-nodes",
          distributedSwitch: "switch-a",
          cidr: "10.0.50.0/24",
          machines: "10.0.50.10-10.0.50.40",
        },
      ],
      allowUnverifiedSsl: true,
    },
    hosts,
    sharedStorage,
    network: {
      cidr: "10.0.42.0/24",
      gateway: "10.0.42.1",
      apiVip: "10.0.42.5",
      machines: "10.0.42.10-10.0.42.60",
      nameservers: ["10.0.42.3"],
    },
    kubernetes: { version: "1.36.3" },
    etcd: { systemDiskGiB: 20, placement: { a: { host: "esx-1", datastore: "nfs-1" } } },
    workers: [
      { name: "general", count: 1, cpus: 2, memoryGiB: 2.3, placement: { a: { host: "esx-1", datastore: "san-1" } } },
    ],
  };
  project = await Project.create({
    files: {
      "Pulumi.yaml": JSON.stringify({ name: "project", runtime: ownRuntime, main: "index.ts" }),
      "index.ts": program,
    },
    plugins: [await vsphere()],
    env: lab.center.environment,
    config: { "groundwork:site": site },
  });
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

  it("real-vcenter 17: writes a log, and leaves its clock to chrony", async () => {
    const { config } = await found(worker);
    expect(config.flags.enableLogging).toBe(true);
    expect(config.tools.syncTimeWithHost).toBe(false);
  });
});

describe("a machine that runs", () => {
  it("is left as it is by a second run", unchanged);

  it("real-vcenter 06: is left as it is when another template has the place of its own", async () => {
    const { govc } = lab.center;
    const before = await found(worker);
    await govc("vm.markasvm", "-host", "esx-1", "groundwork-node");
    await govc("vm.change", "-vm", "groundwork-node", "-g", "rhel9_64Guest");
    await govc("device.boot", "-vm", "groundwork-node", "-firmware", "efi");
    await govc("vm.markastemplate", "groundwork-node");
    const { config } = await found("groundwork-node");
    expect([config.guestId, config.firmware]).toEqual(["rhel9_64Guest", "efi"]);
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

describe("a port group of a distributed switch, whose name is there twice (F13, real-vcenter-16)", () => {
  const connected = (hypervisor: object) => {
    const stack = parse(readFileSync(join(project.folder, "Pulumi.test.yaml"), "utf8"));
    const described = stack.config["groundwork:site"];
    const changed = { ...described, hypervisor: { ...described.hypervisor, ...hypervisor } };
    project.write("Pulumi.test.yaml", JSON.stringify({ ...stack, config: { "groundwork:site": changed } }));
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
