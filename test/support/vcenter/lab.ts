import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Datacenter, destroyDatacenter, startDatacenter } from "../../../lab/vcenter/datacenter";
import { type Inventory, inventoryOf, type SiteHardware } from "../../../lab/vcenter/inventory";
import { Guest, loadSmallGuest } from "./guest";
import { onFreeSubnet } from "./subnet";

/** A datacenter of three hosts with two devices each, in a lab of its own, whose machines are small. */
export class TestLab {
  readonly name = `vctest-${process.pid}`;
  readonly state = mkdtempSync(join(tmpdir(), "groundwork-vctest-"));
  readonly inventory: Inventory;
  center!: Datacenter;
  private readonly image = `groundwork-${this.name}`;
  private subnet = -1;
  private removeImage: () => Promise<void> = async () => {};

  private constructor(sharedStorage: SiteHardware["sharedStorage"]) {
    const seed = join(this.state, "seed");
    mkdirSync(join(seed, "var/lib/containerd"), { recursive: true });
    writeFileSync(join(seed, "var/lib/containerd/image"), "unpacked");
    const hosts = [1, 2, 3].map((n) => ({
      name: `esx-${n}`,
      cpus: 16,
      memoryGiB: 64,
      devices: ["a", "b"].map((x) => ({ id: `naa.5000c500${n}${x}`, capacityGiB: 400, datastore: `esx-${n}-${x}` })),
    }));
    this.inventory = inventoryOf({ hypervisor: { kind: "vsphere" }, hosts, sharedStorage }, this.image, { seed });
  }

  static async start(sharedStorage?: SiteHardware["sharedStorage"]): Promise<TestLab> {
    const lab = new TestLab(sharedStorage);
    lab.removeImage = await loadSmallGuest(lab.image);
    await onFreeSubnet((subnet) => {
      lab.subnet = subnet;
      return lab.startCenter();
    });
    return lab;
  }

  async startCenter(inventory = this.inventory): Promise<void> {
    const subnet = `10.42.${this.subnet}.0/24`;
    this.center = await startDatacenter({ lab: this.name, state: this.state, subnet, inventory });
  }

  async destroy(): Promise<void> {
    await destroyDatacenter(this.name, this.state);
    await this.removeImage();
    rmSync(this.state, { recursive: true });
  }

  address(last: number): string {
    return `10.42.${this.subnet}.${last}`;
  }

  /** Clones a machine with a data disk on its host's other device, and powers it on. */
  async machine(name: string, host: number, last: number): Promise<Guest> {
    const { govc } = this.center;
    const target = ["-host", `esx-${host}`, "-ds", `esx-${host}-a`];
    await govc("vm.clone", "-vm", "groundwork-node", "-on=false", ...target, name);
    await govc("vm.disk.create", "-vm", name, "-name", `${name}-data`, "-size", "10G", "-ds", `esx-${host}-b`);
    const metadata = {
      "instance-id": name,
      "local-hostname": name,
      network: { version: 2, ethernets: { eth0: { addresses: [`${this.address(last)}/24`] } } },
    };
    const encoded = Buffer.from(JSON.stringify(metadata)).toString("base64");
    const keys = [`guestinfo.metadata=${encoded}`, "guestinfo.metadata.encoding=base64", "guestinfo.userdata=secret"];
    await govc("vm.change", "-vm", name, ...keys.flatMap((key) => ["-e", key]));
    await govc("vm.power", "-on", name);
    return this.guest(name);
  }

  guest(name: string): Guest {
    return new Guest(`groundwork-${this.name}-${name}`);
  }

  /** One property of an object of the inventory, as JSON. */
  async property(path: string, property: string): Promise<unknown> {
    return JSON.parse(await this.center.govc("object.collect", "-s", "-json", path, property));
  }
}
