import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { giveUp } from "../../cli/recover/giveUp";
import { recover } from "../../cli/recover/recover";
import { unreadable } from "../../cli/report/unreadable";
import { parseSite } from "../../site/description/parse";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import type { Project } from "../support/project";
import { TestLab } from "../support/vcenter/lab";
import { shop, shopProject } from "../support/vcenter/shop";

// D8, real-vcenter-02: what is gone for good comes back through the real engine, plugin and command.

let lab: TestLab;
let project: Project;
let plan: SitePlan;
const place = () => ({ server: lab.center.server, allowUnverifiedSsl: true, datacenter: "DC0", cluster: "C0" });
const stack = () => ({ folder: project.folder, stack: "test", env: project.env });
const given = (name: string, yes: boolean) => giveUp(stack(), place(), { names: [name], yes, planned: plan.machines });
const recovered = (...names: string[]) => recover(stack(), "project", place(), names);

async function state(): Promise<string[]> {
  const { output } = await project.run("stack", "export", "--stack", "test");
  const { resources } = JSON.parse(output).deployment as { resources: { type: string; outputs: { name: string } }[] };
  return resources.filter(({ type }) => /:VirtualMachine$/.test(type)).flatMap(({ outputs }) => outputs?.name ?? []);
}

/** What `up` makes again, and a second one leaves as it is. */
async function upAgain(): Promise<void> {
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
  const again = await project.preview("--expect-no-changes", "--diff");
  expect(again.code, again.output).toBe(0);
}

const placeOf = (name: string) => {
  const machine = plan.machines.find((each) => each.name === name);
  const [system] = machine?.disks ?? [];
  return { host: machine?.host ?? "", device: system?.device ?? "" };
};

beforeAll(async () => {
  lab = await TestLab.start();
  const site = shop(lab);
  plan = planSite(parseSite(site));
  project = await shopProject(lab, site, { machines: "-(etcd-.|general-a)$" });
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
});

afterAll(async () => {
  project?.remove();
  await lab?.destroy();
});

describe("a host that does not answer and does not come back (D8, real-vcenter-02)", () => {
  it("is refused what it would have to do, until it is taken out and another one joins", async () => {
    const { control, govc } = lab.center;
    const { host } = placeOf("shop-etcd-b");
    expect(await control.hostDown(host)).toContain("shop-etcd-b");
    expect(await lab.property("vm/shop-etcd-b", "runtime.powerState")).toBe("poweredOn");
    const refused = `Unable to communicate with the host ${host}, since it is notResponding.`;
    for (const command of ["vm.destroy", "vm.unregister"])
      await expect(govc(command, "shop-etcd-b")).rejects.toThrow(refused);
    await expect(given(host, true)).rejects.toThrow(
      new RegExp(`^machines\\.shop-etcd-b: its host ${host} does not answer, .*\`govc host\\.remove ${host}\``, "m"),
    );
    await expect(govc("host.remove", placeOf("shop-etcd-a").host)).rejects.toThrow("not in maintenance mode");
    await govc("host.remove", host);

    const { code, output } = await project.up("--skip-preview");
    expect(code).not.toBe(0);
    expect(output).toMatch(
      new RegExp(`hosts: host ${host} not found in DC0 of .*; .*\`groundwork recover --gone ${host}\``),
    );
    expect(output).not.toMatch(/panic|nil pointer/);

    const told = await given(host, false);
    expect(told[0]).toBe("would give up shop-etcd-b: vCenter has it no more; it is taken out of the state");
    expect(told.at(-1)).toContain("add --yes");
    expect(await state()).toContain("shop-etcd-b");
    expect(await given(host, true)).toContain("gave up shop-etcd-b: vCenter has it no more");
    expect(await state()).not.toContain("shop-etcd-b");
    expect(await given(host, true)).toEqual([]);

    await control.replaceHost(host);
    await upAgain();
    expect(await lab.property("vm/shop-etcd-b", "runtime.powerState")).toBe("poweredOn");
  });
});

describe("a device that is dead", () => {
  it("takes the settings of its machines along, which are taken out of vCenter and made again", async () => {
    const { control, govc } = lab.center;
    const { device } = placeOf("shop-etcd-c");
    const { uuid } = (await control.machines()).find(({ name }) => name === "shop-etcd-c") ?? { uuid: "" };
    await control.failDevice(device);
    expect(await lab.property("vm/shop-etcd-c", "runtime.connectionState")).toBe("inaccessible");
    const [listed] = JSON.parse(await govc("vm.info", "-json", "shop-etcd-c")).virtualMachines;
    expect(listed).toMatchObject({ name: "shop-etcd-c", config: null });
    await expect(govc("vm.info", "-vm.uuid", uuid)).rejects.toThrow();
    await expect(govc("vm.destroy", "shop-etcd-c")).rejects.toThrow("its files cannot be read");
    await expect(control.replaceDevice(device)).rejects.toThrow("vCenter still lists");
    expect(await unreadable(stack(), plan.spec)).toEqual([
      expect.stringMatching(/^machines\.shop-etcd-c: vCenter says it is inaccessible, and the vSphere plugin crashes /),
    ]);

    expect(await given(device, true)).toContain("gave up shop-etcd-c: vCenter cannot read its files (inaccessible)");
    expect(await unreadable(stack(), plan.spec)).toEqual([]);
    await control.replaceDevice(device);
    await upAgain();
  });
});

describe("a machine that somebody took out of the inventory", () => {
  it("is given up, and made again", async () => {
    const { govc } = lab.center;
    await govc("vm.power", "-off", "shop-general-a");
    await govc("vm.unregister", "shop-general-a");
    expect(await given("shop-general-a", true)).toEqual(["gave up shop-general-a: vCenter has it no more"]);
    await upAgain();
  });

  it("is left as it is while it runs", async () => {
    await expect(given("shop-general-a", true)).rejects.toThrow(/^machines\.shop-general-a: it is on, /);
  });
});

describe("a clone that outlasted its time", () => {
  it("is deleted, as no state knows it (real-vcenter-08)", async () => {
    const { govc } = lab.center;
    const clone = ["-vm", "groundwork-node", "-on=false", "-host", "esx-1", "-ds", "esx-1-a", "shop-control-plane-a"];
    await govc("vm.clone", ...clone);
    expect(await recovered("shop-control-plane-a", "shop-etcd-a")).toEqual([
      "deleted shop-control-plane-a, which vCenter had and the state did not know; it had never run",
    ]);
    expect(await govc("find", "/", "-type", "m", "-name", "shop-control-plane-a")).toBe("");
  });

  it("is told and left, if it has run", async () => {
    const { govc } = lab.center;
    await lab.machine("shop-control-plane-a", 1, 77);
    await govc("vm.power", "-off", "shop-control-plane-a");
    expect(await recovered("shop-control-plane-a")).toEqual([
      expect.stringMatching(/^machines\.shop-control-plane-a: vCenter has \/DC0\/vm\/.*and it has run; if the state/),
    ]);
  });
});
