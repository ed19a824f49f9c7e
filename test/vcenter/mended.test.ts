import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { patternOf, storedName } from "../../site/description/inventoryName";
import type { Project } from "../support/project";
import { Between } from "../support/vcenter/between";
import { TestLab } from "../support/vcenter/lab";
import { shop, shopProject } from "../support/vcenter/shop";

// Bad input at vCenter: one clear error, nothing half made, and the next `up` after the mend makes what is missing. One stack for all
// kinds: each is met when one more machine is to be made.

const names = {
  datacenter: `Süd "ü" {1} 50% a/b *`,
  cluster: `C [1] 'x' c/d?`,
  template: `Vorlage "ü" [1] 50% a/b`,
  folder: "Läden 'Süd'",
};
const copy = "Vorlage für esx-2 {2}";
const machines = [
  ...["etcd-a", "etcd-b", "etcd-c", "control-plane-a", "control-plane-b"],
  ...["load-balancer-a", "load-balancer-b", "general-a"],
];

/** Where machines are, for `govc`, which searches by pattern. */
const folder = `/${patternOf(names.datacenter)}/vm`;
const template = `${folder}/${patternOf(names.template)}`;

let lab: TestLab;
let center: Between;
let status: number | undefined;
let project: Project;
/** How many of the machines are there. */
let made = 0;

/** The stack's configuration, with one machine more than are there. */
function configure(more: Record<string, unknown> & { hypervisor?: object } = {}, preflight = true): void {
  const site = shop(lab, {
    loadBalancer: { kind: "haproxy", diskGiB: 20 },
    ...more,
    hypervisor: { server: center.server, ...names, ...more.hypervisor },
  });
  Object.assign(site.hosts[1] as object, { template: copy });
  // How much there is room for is vCenter's to say.
  for (const { devices } of site.hosts) for (const device of devices) Object.assign(device, { capacityGiB: undefined });
  const stack = parse(readFileSync(join(project.folder, "Pulumi.test.yaml"), "utf8"));
  const config = {
    "groundwork:site": site,
    "groundwork:machines": `-(${machines.slice(0, made + 1).join("|")})$`,
    "groundwork:preflight": `${preflight}`,
  };
  project.write("Pulumi.test.yaml", JSON.stringify({ ...stack, config }));
}

const found = async (type: string, ...more: string[]) =>
  (await lab.center.govc("find", "/", "-type", type, ...more)).split("\n").filter(Boolean);

/** Names of the machines that the state has. */
async function state(): Promise<string[]> {
  const { output } = await project.run("stack", "export", "--stack", "test");
  const { resources } = JSON.parse(output).deployment as { resources: { type: string; outputs?: { name: string } }[] };
  return resources.filter(({ type }) => /:VirtualMachine$/.test(type)).flatMap(({ outputs }) => outputs?.name ?? []);
}

/** One error, and nothing of the machine that was to be made. */
async function refused(told: RegExp): Promise<void> {
  const { code, output } = await project.up("--skip-preview");
  expect(code).not.toBe(0);
  expect(output).not.toMatch(/panic:|goroutine|unhandled/i);
  expect(output).toMatch(told);
  const expected = machines.slice(0, made).map((name) => `shop-${name}`);
  expect((await state()).sort()).toEqual(expected.sort());
  expect(await found("m", "-name", "shop-*")).toHaveLength(made);
}

/** The next `up` makes the machine. */
async function mended(): Promise<void> {
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
  made += 1;
  expect(await found("m", "-name", "shop-*", "-runtime.powerState", "poweredOn")).toHaveLength(made);
}

beforeAll(async () => {
  lab = await TestLab.start();
  center = await Between.start(
    lab.center.server,
    (_, answer) => answer,
    undefined,
    () => status,
  );
  const { govc } = lab.center;
  await govc("vm.clone", "-vm", "groundwork-node", "-on=false", "-host", "esx-2", "-ds", "esx-2-a", copy);
  await govc("vm.markastemplate", copy);
  await govc("object.rename", "/DC0/vm/groundwork-node", storedName(names.template));
  await govc("folder.create", `/DC0/vm/${names.folder}`);
  await govc("object.rename", "/DC0/host/C0", storedName(names.cluster));
  await govc("object.rename", "/DC0", storedName(names.datacenter));
  project = await shopProject(lab, {}, { machines: "" });
});

afterEach(() => {
  status = undefined;
});

afterAll(async () => {
  project?.remove();
  await center?.stop();
  await lab?.destroy();
});

describe("after the mend the next `up` succeeds, and nothing was half made before", () => {
  it("a wrong password", async () => {
    const { VSPHERE_PASSWORD: password } = project.env;
    configure();
    project.env.VSPHERE_PASSWORD = "wrong";
    await refused(/hypervisor\.server: 127\.0\.0\.1:\d+ refuses this user and password; set VSPHERE_USER/);
    project.env.VSPHERE_PASSWORD = password;
    await mended();
  });

  it("a vCenter that is starting, and a machine is cloned from its host's own copy of the template (real-vcenter-13)", async () => {
    configure();
    status = 503;
    await refused(/hypervisor\.server: 127\.0\.0\.1:\d+ is starting or overloaded \(.*503.*\); wait some minutes/);
    status = undefined;
    await mended();
    const { output } = await project.run("stack", "export", "--stack", "test");
    const { resources } = JSON.parse(output).deployment as {
      resources: { type: string; inputs: { name?: string; clone?: { templateUuid: string } } }[];
    };
    const cloned = resources.find(({ inputs }) => inputs?.name === "shop-etcd-b");
    const uuid = JSON.parse(await lab.center.govc("vm.info", "-json", copy)).virtualMachines[0].config.uuid;
    expect(cloned?.inputs.clone?.templateUuid).toBe(uuid);
  });

  it("a template that vanished, or is an item of a library", async () => {
    const { govc } = lab.center;
    configure();
    await govc("object.rename", template, "away");
    await refused(
      /hypervisor\.template: vCenter shows no virtual machine or template Vorlage "ü" \[1\] 50% a\/b to this account; import .*govc library\.deploy/,
    );
    await govc("object.rename", `${folder}/away`, storedName(names.template));
    await mended();
  });

  it("a datacenter with a bracket in its name, in which the plugin finds no folder", async () => {
    const { govc } = lab.center;
    const bracketed = "Süd [1]";
    await govc("object.rename", `/${patternOf(names.datacenter)}`, bracketed);
    configure({ hypervisor: { datacenter: bracketed } });
    await refused(/hypervisor\.datacenter: the vSphere plugin makes no machine in Süd \[1\]: .+; rename it in vCenter/);
    // What is refused would not work.
    configure({ hypervisor: { datacenter: bracketed } }, false);
    await refused(/folder '\/Süd \[1\]\/vm/);
    await govc("object.rename", `/${patternOf(bracketed)}`, storedName(names.datacenter));
    configure();
    await mended();
  });

  it("a template that runs", async () => {
    const { govc } = lab.center;
    // The lab's containers are called as their machines are, with plain letters.
    await govc("vm.clone", "-vm", template, "-host", "esx-1", "-ds", "esx-1-a", "-on=false", "running");
    await govc("vm.power", "-on", "running");
    configure({ hypervisor: { template: "running" } });
    await refused(/hypervisor\.template: it runs, and its disk changes while it is cloned; shut it down/);
    await govc("vm.power", "-off", "running");
    await mended();
  });

  it("a privilege that is missing, found before or in the middle of it", async () => {
    const { control } = lab.center;
    configure();
    for (const privilege of ["Network.Assign", "StorageProfile.View"]) {
      await control.setPrivilege(privilege, false);
      await refused(new RegExp(`VSPHERE_USER: it lacks ${privilege} on `));
      await control.setPrivilege(privilege, true);
    }
    configure({}, false);
    for (const privilege of ["Resource.AssignVMToPool", "VirtualMachine.Config.AdvancedConfig"]) {
      await control.setPrivilege(privilege, false);
      await refused(new RegExp(`It takes the privilege ${privilege}`));
      await control.setPrivilege(privilege, true);
    }
    await mended();
  });

  it("a datastore that is full by plan, and one that is full when the clone comes", async () => {
    const { control } = lab.center;
    configure({ loadBalancer: { kind: "haproxy", diskGiB: 500 } });
    await refused(
      /hosts\[\d\]\.devices\[\d\]\.datastore: esx-\d-\w has \d+ GiB free, and \d+ GiB of disks are planned on it/,
    );
    configure();
    await control.failTask("cloneVm", { message: "Insufficient disk space on datastore 'esx-1-a'." });
    await refused(/Insufficient disk space on datastore 'esx-1-a'/);
    await mended();
  });

  it("a network that is there twice", async () => {
    const { govc } = lab.center;
    for (const name of ["switch-a", "switch-b"]) {
      await govc("dvs.create", "-num-uplinks", "1", name);
      await govc("dvs.add", "-dvs", name, "esx-1", "esx-2", "esx-3");
      await govc("dvs.portgroup.add", "-dvs", name, "-type", "earlyBinding", "NSX-twice");
    }
    configure({ hypervisor: { network: "NSX-twice" } });
    await refused(
      /hypervisor\.network: 2 networks are called NSX-twice \(.*\); name the switch of the one that is meant/,
    );
    configure();
    await mended();
    const again = await project.preview("--expect-no-changes");
    expect(again.code, again.output).toBe(0);
  });
});
