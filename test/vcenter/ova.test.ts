import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runner } from "../../image/build/artifact";
import { fixContentId } from "../../image/output/contentId";
import { sha256Of } from "../../image/output/digest";
import { writeOva } from "../../image/output/ova";
import { startTestCenter, type TestCenter } from "../support/testCenter";

describe("an image as vCenter takes it in", () => {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-ova-"));
  const [disk, ova] = [join(folder, "disk.raw"), join(folder, "node.ova")];
  const name = { name: "node", guest: "debian12_64Guest", version: "1.0" };
  let center: TestCenter;

  beforeAll(async () => {
    writeFileSync(disk, "what a disk begins with");
    truncateSync(disk, 8 * 2 ** 20);
    await writeOva(disk, name, ova, runner());
    center = await startTestCenter();
  });
  afterAll(async () => {
    await center?.stop();
    rmSync(folder, { recursive: true });
  });

  it("begins with its descriptor, and its manifest is true", () => {
    const listed = execFileSync("tar", ["-tf", ova], { encoding: "utf8" }).trim().split("\n");
    expect(listed).toEqual(["node.ovf", "node.mf", "node-disk1.vmdk"]);
    execFileSync("tar", ["-C", folder, "-xf", ova]);
    const lines = readFileSync(join(folder, "node.mf"), "utf8").replace(/^SHA256\((.*)\)= (.*)$/gm, "$2  $1");
    execFileSync("sha256sum", ["--check", "--strict", "-"], {
      cwd: folder,
      input: lines,
      stdio: ["pipe", "ignore", "inherit"],
    });
  });

  it("has the disk, as it was", () => {
    const back = join(folder, "back.raw");
    execFileSync("qemu-img", ["convert", "-O", "raw", join(folder, "node-disk1.vmdk"), back]);
    expect(readFileSync(back).equals(readFileSync(disk))).toBe(true);
  });

  it("is the same file when it is written again", async () => {
    const again = join(folder, "again.ova");
    await writeOva(disk, name, again, runner());
    expect(await sha256Of(again)).toBe(await sha256Of(ova));
  });

  it("is the same file whatever id qemu-img drew for its content, a short one too", async () => {
    const digests = new Set<string>();
    for (const id of ["1", "abcdef1", "12345678"]) {
      const vmdk = join(folder, "drawn.vmdk");
      execFileSync("qemu-img", ["convert", "-O", "vmdk", "-o", "subformat=streamOptimized", disk, vmdk]);
      const bytes = readFileSync(vmdk);
      const [at, end] = [512, 512 * 21];
      const [description = ""] = bytes.toString("latin1", at, end).split("\0");
      bytes.fill(0, at, end);
      // As qemu-img leaves it: of the longer id before, the end of the text stays behind its null.
      const left = "\0\n".repeat(8 - id.length);
      bytes.write(description.replace(/^CID=.*$/m, `CID=${id}`) + left, at, "latin1");
      writeFileSync(vmdk, bytes);
      await fixContentId(vmdk);
      expect(readFileSync(vmdk, "latin1")).toContain("\nCID=fffffffe\nparentCID=ffffffff\n");
      execFileSync("qemu-img", ["check", vmdk], { stdio: "pipe" });
      digests.add(await sha256Of(vmdk));
    }
    expect(digests.size).toBe(1);
  });

  it("becomes a template with a pvscsi controller and a vmxnet3 card", async () => {
    const { govc } = center.datacenter;
    await govc("import.ova", "-host", "esx-1", "-ds", "esx-1-a", "-name", "imported", ova);
    await govc("vm.markastemplate", "imported");
    const devices = await govc("device.ls", "-vm", "imported");
    expect(devices).toMatch(/^pvscsi-\d+ +ParaVirtualSCSIController/m);
    expect(devices).toMatch(/^ethernet-0 +VirtualVmxnet3/m);
    const { virtualMachines } = JSON.parse(await govc("vm.info", "-json", "imported"));
    expect(virtualMachines[0].config).toMatchObject({ template: true, guestId: "debian12_64Guest" });
    expect(await govc("device.info", "-vm", "imported", "disk-*")).toMatch(/Summary: +8,192 KB/);
  });
});
