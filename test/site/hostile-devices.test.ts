import { describe, expect, test } from "vitest";
import { deviceIdFault, sameDevice } from "../../site/description/deviceId";
import { refusal } from "../support/refusal";
import { site, threeHosts } from "../support/sites";

/** The description of three hosts with these ids of the first one's devices. */
const withIds = (...ids: string[]) => {
  const [first, ...others] = threeHosts;
  const devices = (first?.devices ?? []).map((device, i) => ({ ...device, id: ids[i] ?? device.id }));
  return site([{ ...first, devices } as never, ...others]);
};

describe("what can be no disk's name", () => {
  test.each([
    [
      "naa.5O00c500a1b2c3d4",
      "naa.5O00c500a1b2c3d4 is no disk's name: what begins with naa. has 16 or 32 hexadecimal digits",
    ],
    ["naa.5000c500a1b2c3d", "has 16 or 32 hexadecimal digits"],
    ["naa.5000c500a1b2c3d45", "has 16 or 32 hexadecimal digits"],
    ["esx-1/naa.5000c500a1b2c3", "has 16 or 32 hexadecimal digits"],
    ["wwn-0x5000c500a1b2c3d", "what begins with wwn-0x has 16 or 32 hexadecimal digits"],
    ["/dev/disk/by-id/wwn-0x5000c500a1b2c3dz", "what begins with wwn-0x has 16 or 32 hexadecimal digits"],
    ["eui.0025385391b0a1c", "what begins with eui. has 16, 24 or 32 hexadecimal digits"],
    ["/dev/disk/by-id/nvme-eui.0025385391b0a1", "what begins with nvme-eui. has 16, 24 or 32 hexadecimal digits"],
    ["mpx.vmhba0:T0:L0", "what begins with mpx. has adapter, channel, target and LUN"],
    ["esx-1/mpx.vmhba:C0:T0:L0", "what begins with mpx. has adapter, channel, target and LUN"],
    ["vml.", "what begins with vml. has hexadecimal digits"],
    ["t10.", "what begins with t10. has vendor and model"],
    ["/dev/disk/by-id/wwn-0x5000c500a1b2c3d4-part1", "is a partition, and fails with the rest of its disk"],
    ["/dev/disk/by-partuuid/0a1b2c3d-01", "is a partition, and fails with the rest of its disk"],
    ["sdb", "is what the machine calls it until it starts again"],
    ["nvme0n1", "is what the machine calls it until it starts again"],
  ])("%s", (id, fact) => {
    const [line, ...more] = refusal(withIds(id));
    expect(line).toMatch(/^hosts\[0\]\.devices\[0\]\.id: .+; .+/);
    expect(line).toContain(fact);
    expect(more).toEqual([]);
  });

  test.each(["", "naa.", "naa 5000c500a1b2c3d4"])("%j is one line, too", (id) => {
    expect(refusal(withIds(id))).toEqual([expect.stringMatching(/^hosts\[0\]\.devices\[0\]\.id: .+; .+/)]);
  });
});

describe("names that hosts and servers show", () => {
  test.each([
    "naa.5000c500a1b2c3d4",
    "naa.60003FF44DC75ADCB5A5BB0EC5A3D3FD",
    "esx-1/naa.5000c500a1b2c3d4",
    "eui.0025385391b0a1c2",
    "eui.0025385391b0a1c200112233",
    "eui.00000000010000004ce00018dd8c9084",
    "t10.ATA_____VMware_Virtual_SATA_Hard_Drive__________00000000000000000001",
    "t10.F405E46494C45425F49615840723D214D476A4D2E457B416",
    "mpx.vmhba32:C0:T0:L0",
    "esx-1/mpx.vmhba0:C2:T15:L255",
    "vml.0200000000600508b1001c4d41b1c0f7a5b1c2d3e44c4f47494341",
    "vsan:52e4d6b1-0a1b-2c3d-4e5f-60718293a4b5",
    "nfs:10.9.0.7:/vol/a",
    "wwn-0x5000c500a1b2c3d4",
    "0x5000c500a1b2c3d4",
    "/dev/disk/by-id/wwn-0x6001405a1b2c3d4e5f60718293a4b5c6",
    "/dev/disk/by-id/nvme-SAMSUNG_MZQL21T9HCJR-00A07_S64GNE0R123456",
    "/dev/disk/by-id/nvme-nvme.8086-50484b53373330313030374a31503042474e-494e54454c20-00000001",
    "/dev/disk/by-id/scsi-36001405a1b2c3d4e5f60718293a4b5c6",
    "/dev/disk/by-id/md-uuid-3aaa0122:29827cfa:5331ad66:ca767371",
    "/dev/disk/by-path/pci-0000:00:1f.2-ata-1",
    "S64GNE0R123456",
    // Words to plan with.
    ...[
      "naa.11",
      "naa.rack11",
      "naa.5000c5001a",
      "eui.0025385391",
      "naa.shop-042-esx-1-a",
      "naa.xyz",
      "eui.a1",
      "mpx.a",
    ],
  ])("%s is one", (id) => {
    expect(deviceIdFault(id)).toBeUndefined();
    expect(refusal(withIds(id))).toEqual([]);
  });

  test.each([
    ["naa.5000c500a1b2c3d4", "NAA.5000C500A1B2C3D4"],
    ["naa.5000c500a1b2c3d4", "wwn-0x5000c500a1b2c3d4"],
    ["naa.5000c500a1b2c3d4", "/dev/disk/by-id/wwn-0x5000C500a1b2c3d4"],
    ["0x5000c500a1b2c3d4", "wwn-0x5000c500a1b2c3d4"],
    ["eui.0025385391b0a1c2", "/dev/disk/by-id/nvme-eui.0025385391b0a1c2"],
  ])("%s and %s are one disk, which is listed once", (one, other) => {
    expect(sameDevice(one, other)).toBe(true);
    expect(refusal(withIds(one, other))).toEqual([
      expect.stringMatching(
        /^hosts\[0\]\.devices\[1\]\.id: device \S+ is already named at hosts\[0\]\.devices\[0\]\.id, as .+; .+/,
      ),
    ]);
  });

  test("two disks are two, and the same connection on two hosts is two, too", () => {
    expect(sameDevice("naa.5000c500a1b2c3d4", "naa.5000c500a1b2c3d5")).toBe(false);
    expect(sameDevice("esx-1/mpx.vmhba0:C0:T0:L0", "esx-2/mpx.vmhba0:C0:T0:L0")).toBe(false);
    expect(sameDevice("naa.0025385391b0a1c2", "eui.0025385391b0a1c2")).toBe(false);
  });
});
