import { describe, expect, it } from "vitest";
import { biosBoot, findRoot, grubConfiguration } from "../../image/disk/boot";
import { diskLayout, partitionTable, SECTOR, uuid } from "../../image/disk/layout";

const GIB = 2 ** 30;

describe("the layout of a disk", () => {
  const layout = diskLayout(2 * GIB, "1.37.2-debian-12");

  it("has whole GiB, and room to work in beside its content", () => {
    expect(layout.bytes % GIB).toBe(0);
    for (const content of [0, 1, 1.5 * GIB, 2 * GIB, 7.9 * GIB]) {
      const { root } = diskLayout(content, "x");
      expect(root.sectors * SECTOR, String(content)).toBeGreaterThan(content * 1.2 + 500 * 2 ** 20);
    }
  });

  it("has partitions that begin at whole MiB, one after another, the root last, before the table's copy", () => {
    const { bios, esp, root, bytes } = layout;
    for (const { start, sectors } of [bios, esp]) expect([start % 2048, sectors % 2048]).toEqual([0, 0]);
    expect([bios.start, esp.start, root.start]).toEqual([2048, bios.start + bios.sectors, esp.start + esp.sectors]);
    expect(bytes / SECTOR - (root.start + root.sectors)).toBeGreaterThanOrEqual(34);
  });

  it("has ids that follow from what it is made of", () => {
    expect(diskLayout(2 * GIB, "1.37.2-debian-12")).toEqual(layout);
    const other = diskLayout(2 * GIB, "1.36.3-debian-12");
    expect(other.rootUuid).not.toBe(layout.rootUuid);
    const ids = [layout.id, layout.bios.id, layout.esp.id, layout.root.id, layout.rootUuid];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuid("a")).toBe(uuid("a"));
  });

  it("is told to sfdisk with types that BIOS, UEFI and systemd know", () => {
    const lines = partitionTable(layout).trim().split("\n");
    expect(lines.slice(0, 3)).toEqual(["label: gpt", `label-id: ${layout.id.toUpperCase()}`, "first-lba: 2048"]);
    expect(lines.slice(3).map((line) => /type=(\S+),/.exec(line)?.[1])).toEqual([
      "21686148-6449-6E6F-744E-656564454649",
      "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
      "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709",
    ]);
  });
});

describe("what a BIOS starts", () => {
  const boot = Buffer.alloc(SECTOR, 0x11);
  const core = Buffer.alloc(SECTOR * 3 + 10, 0x22);

  it("is GRUB's first sector without the table, told where the core is", () => {
    const made = biosBoot(boot, core, { start: 2048, sectors: 2048 });
    expect(made.code).toHaveLength(440);
    expect(made.code.readBigUInt64LE(0x5c)).toBe(2048n);
    expect(made.code.readUInt16LE(0x66)).toBe(0x9090);
    expect(boot.every((byte) => byte === 0x11)).toBe(true);
  });

  it("is GRUB's core in whole sectors, the first of which tells where the others are", () => {
    const made = biosBoot(boot, core, { start: 2048, sectors: 2048 });
    expect(made.core).toHaveLength(4 * SECTOR);
    expect(made.core.readBigUInt64LE(500)).toBe(2049n);
    expect([made.core.readUInt16LE(508), made.core.readUInt16LE(510)]).toEqual([3, 0x820]);
    expect(made.core.subarray(SECTOR, core.length).every((byte) => byte === 0x22)).toBe(true);
  });

  it("is refused where it does not fit", () => {
    expect(() => biosBoot(boot, core, { start: 2048, sectors: 3 })).toThrow(
      "its core has 4 sectors, and its partition 3",
    );
  });
});

it("GRUB finds the root by its own UUID, wherever the disk is plugged in, and both consoles hear the kernel", () => {
  const text = findRoot("b0a7") + grubConfiguration("b0a7");
  expect(text.match(/search\.fs_uuid b0a7 root/g)).toHaveLength(2);
  expect(text).toContain("root=UUID=b0a7 ro console=tty0 console=ttyS0,115200n8");
});
