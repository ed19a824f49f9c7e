import { describe, expect, test } from "vitest";
import { shell } from "../../site/render/shell";
import { functionOf, run } from "../support/shellProgram";

interface Disk {
  name: string;
  type?: string;
  gib?: number;
  readOnly?: boolean;
  wwn?: string;
  used?: boolean;
}

const system: Disk = { name: "/dev/sda", gib: 20, used: true };

/** What the step that finds a disk of a machine's own formats, or why it stops, on a machine with these disks. */
async function taken(disks: Disk[], { gib = 20, device = "", of = "etcd" } = {}): Promise<string> {
  const cases = (answer: (disk: Disk) => string) =>
    disks.map((disk) => `${disk.name}) printf '${answer(disk)}\\n' ;;`).join(" ");
  const program = [
    `DATA_DISK=yes DATA_GIB=${gib} DATA_DEVICE='${device}' DATA=/nowhere LABEL=groundwork-${of} DATA_OF=${of} LOG=/dev/null`,
    'fail() { echo "refused: $*"; exit 1; }; say() { :; }',
    "mountpoint() { return 1; }; blkid() { return 1; }; wipefs() { :; }",
    'mkfs.ext4() { for last; do :; done; echo "formats $last" >&3; exit 0; }',
    "lsblk() {",
    '  case "$1 $2" in',
    `  "-dnpro NAME,TYPE") ${disks.map(({ name, type = "disk" }) => `echo ${name} ${type};`).join(" ")} ;;`,
    `  "-nro MOUNTPOINT") case $3 in ${cases(({ used }) => (used ? "/" : ""))} esac ;;`,
    `  "-nro NAME") case $3 in ${cases(({ name, used }) => (used ? `${name}\\n${name}1` : name))} esac ;;`,
    `  "-dnro RO") case $3 in ${cases(({ readOnly }) => (readOnly ? "1" : "0"))} esac ;;`,
    `  "-dnbro SIZE") case $3 in ${cases(({ gib: size = 20 }) => String(size * 2 ** 30))} esac ;;`,
    `  "-dnro WWN,SERIAL") case $3 in ${cases(({ wwn = "" }) => wwn)} esac ;;`,
    "  esac",
    "}",
    ...["may_hold", "is_planned", "data_disk"].map((name) => functionOf(shell("data-disk"), name)),
    "exec 3>&1; data_disk",
  ];
  return (await run(program.join("\n"))).output.trim();
}

describe("F3: what etcd's disk is not", () => {
  test.each<[string, Disk]>([
    ["a floppy", { name: "/dev/fd0", gib: 0 }],
    ["compressed memory", { name: "/dev/zram0", gib: 8 }],
    ["a disk that cannot be written", { name: "/dev/sdc", readOnly: true }],
    ["one that is far smaller", { name: "/dev/sdc", gib: 4 }],
    ["a CD-ROM", { name: "/dev/sr0", type: "rom" }],
  ])("%s", async (_, other) => {
    expect(await taken([other, system, { name: "/dev/sdb" }])).toBe("formats /dev/sdb");
    expect(await taken([other, system])).toMatch(/^refused: found 0 unused disks for etcd \(none\); /);
  });
});

test("a worker's disk for volumes is found in the same way", async () => {
  expect(await taken([system, { name: "/dev/sdb" }], { of: "volumes" })).toBe("formats /dev/sdb");
  expect(await taken([system], { of: "volumes" })).toMatch(/^refused: found 0 unused disks for volumes \(none\); /);
});

describe("F11: a server with several disks", () => {
  const two: Disk[] = [
    system,
    { name: "/dev/nvme0n1", wwn: "eui.0025385391b0a1c2 S5GX" },
    { name: "/dev/nvme1n1", wwn: "0x5000C500A1B2C3D4 WD77" },
  ];

  test.each(["naa.5000c500a1b2c3d4", "wwn-0x5000c500a1b2c3d4", "/dev/disk/by-id/wwn-0x5000c500a1b2c3d4"])(
    "has the planned one, %s, taken",
    async (device) => expect(await taken(two, { device })).toBe("formats /dev/nvme1n1"),
  );

  test("has none taken where the planned one is in use, though another is free", async () => {
    const [, free, planned] = two as [Disk, Disk, Disk];
    const device = "naa.5000c500a1b2c3d4";
    expect(await taken([system, free, { ...planned, used: true }], { device })).toBe(
      `refused: /dev/nvme1n1 is the planned device ${device}, and something uses it; free it, or plan another device`,
    );
  });

  test("has none taken where it is not known which is meant", async () => {
    expect(await taken(two, { device: "naa.eacc11" })).toMatch(
      /^refused: found 2 unused disks for etcd .+, or name one of them as the device in place of naa\.eacc11$/,
    );
  });
});
