import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Between, faultOf } from "../support/vcenter/between";
import { DiskHost } from "../support/vcenter/diskHost";
import { Importing } from "../support/vcenter/importing";

let importing: Importing;
beforeAll(async () => {
  importing = await Importing.start("what a disk begins with");
});
afterAll(() => importing?.stop());

const described = (hypervisor?: Record<string, unknown>) => importing.described(hypervisor);
const imported = (image: string, file: string, ...options: string[]) => importing.imported(image, file, options);
const inventory = () => importing.inventory();

describe("an image of a site's machines", () => {
  it("is refused whole before anything is made: cut off, changed, no OVA, another manifest, not there", async () => {
    const before = await inventory();
    const { ova, folder } = importing;
    const bytes = readFileSync(ova);
    const other = (name: string, content: Buffer) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(bytes.length - 20_000) ^ 1, bytes.length - 20_000);
    const digest = createHash("sha256").update("x").digest("hex");
    const manifest = bytes.toString("latin1").replace(/= [0-9a-f]{64}/, `= ${digest}`);
    for (const [file, fact] of [
      [other("short.ova", bytes.subarray(0, bytes.length / 2)), "it is cut off, or no OVA"],
      [other("changed.ova", changed), "node-disk1.vmdk in it is not what its manifest says"],
      [other("manifest.ova", Buffer.from(manifest, "latin1")), "node.ovf in it is not what its manifest says"],
      [other("text.ova", Buffer.from("no archive")), "it is cut off, or no OVA"],
      [join(folder, "none.ova"), "it is no file"],
      [folder, "it is no file"],
    ] as const) {
      const { code, stderr } = await imported(file, described());
      expect([code, stderr.split("\n").find((line) => line.startsWith(file))], stderr).toEqual([
        2,
        expect.stringContaining(fact),
      ]);
    }
    expect(await inventory()).toEqual(before);
  });

  it("is refused with all that vCenter lacks, before anything is made", async () => {
    const before = await inventory();
    const { code, stderr } = await imported(importing.ova, described({ network: "Nowhere" }), "--datastore", "esx-1-a");
    expect(code).toBe(2);
    expect(stderr).toContain("hosts esx-2: it has no esx-1-a; name one of esx-2-a, esx-2-b with --datastore");
    const second = await imported(importing.ova, described({ network: "Nowhere" }));
    expect(second.code).toBe(2);
    expect(second.stderr).toContain("hypervisor.network: vCenter has no Nowhere in DC0; correct the name");
    expect(await inventory()).toEqual(before);
  });

  it("leaves nothing where the host refuses its disk, and is made when it does not", async () => {
    const before = await inventory();
    const { server: real } = importing;
    let own = real;
    const between = await Between.start(
      real,
      (_, answer) => answer.replaceAll(`https://${real}/nfc`, `https://${own}/nfc`),
      (question) => question,
      (path) => (path.startsWith("/nfc/") ? 507 : undefined),
    );
    own = between.server;
    const { code, stderr } = await imported(importing.ova, described({ server: own }));
    await between.stop();
    expect(code).toBe(2);
    expect(stderr).toContain(`\n${own}: it refuses the disk with HTTP 507; see`);
    expect(await inventory()).toEqual(before);
  });

  it("leaves nothing where the account may not make templates", async () => {
    const before = await inventory();
    const privilege = "<privilegeId>VirtualMachine.Provisioning.MarkAsTemplate</privilegeId>";
    const between = await Between.start(importing.server, (method, answer) =>
      method === "MarkAsTemplate"
        ? faultOf("NoPermission", "Permission to perform this operation was denied.", privilege)
        : answer,
    );
    const { code, stderr } = await imported(importing.ova, described({ server: between.server }));
    await between.stop();
    expect(code).toBe(2);
    expect(stderr).toContain("may not do MarkAsTemplate: it lacks VirtualMachine.Provisioning.MarkAsTemplate");
    expect(await inventory()).toEqual(before);
  });

  it("becomes its templates, one for each host that has a copy, and the second time nothing", async () => {
    const { code, stdout, stderr } = await imported(importing.ova, described());
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^node-1\.37 +esx-1 +esx-1-b +made$/m);
    expect(stdout).toMatch(/^node-1\.37-esx-2 +esx-2 +esx-2-b +made$/m);
    const { govc } = importing.center.datacenter;
    for (const name of ["node-1.37", "node-1.37-esx-2"]) {
      const { virtualMachines } = JSON.parse(await govc("vm.info", "-json", name));
      expect(virtualMachines[0].config).toMatchObject({ template: true, guestId: "debian12_64Guest" });
      expect(await govc("device.info", "-vm", name, "disk-*")).toMatch(/Summary: +8,192 KB/);
      expect(await govc("device.ls", "-vm", name)).toMatch(/^pvscsi-\d+ +ParaVirtualSCSIController/m);
    }
    const before = await inventory();
    const copy = join(importing.folder, "again.ova");
    cpSync(importing.ova, copy);
    const second = await imported(copy, described());
    expect(second.code).toBe(0);
    expect(second.stdout.match(/was there, left as it is/g)).toHaveLength(2);
    expect(second.stderr).toBe("");
    expect(await inventory()).toEqual(before);
  });

  it("goes to the host that vCenter tells of, byte for byte, and to no other", async () => {
    const host = await DiskHost.start();
    const { ova, server: real } = importing;
    const at = async (template: string, thumbprint: string) => {
      const between = await host.toldBy(real, (_, answer) => answer, thumbprint);
      const outcome = await imported(importing.ova, described({ server: between.server, template }));
      await between.stop();
      return outcome;
    };
    const other = await at("elsewhere", host.thumbprint.replaceAll(/[0-9A-F]/g, "0"));
    expect(other.code).toBe(2);
    expect(other.stderr).toContain(
      `${host.address}: the disk cannot be written: it shows a certificate of ${host.thumbprint}`,
    );
    expect(host.taken).toEqual([]);

    const { code, stderr } = await at("there", host.thumbprint);
    expect(code, stderr).toBe(0);
    const [, , disk = ""] = execFileSync("tar", ["-tf", ova], { encoding: "utf8" }).trim().split("\n");
    const packed = execFileSync("tar", ["-xOf", ova, disk], { maxBuffer: 2 ** 30 });
    expect(host.taken.map((one) => one.equals(packed))).toEqual([true]);
    await host.stop();
  });

  it("does not take the place of a machine", async () => {
    await importing.center.datacenter.govc("vm.create", "-on=false", "-host", "esx-1", "-ds", "esx-1-a", "taken");
    const { code, stderr } = await imported(importing.ova, described({ template: "taken" }));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^taken: a virtual machine has that name, and is no template; make it one/m);
  });
});
