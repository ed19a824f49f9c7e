import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { hostsYaml } from "../../../cli/discover/command";
import { readHardware } from "../../../sdks/vcenter/hardware";
import type { ManagedObject } from "../../../sdks/vcenter/session";
import { readSite } from "../../../site/description/parse";
import { site } from "../../support/sites";
import { type Disk, datastore, host, named, nas, sessionOf, vmfs } from "./objects";

const cluster = named("ClusterComputeResource", "c1", "C0");
const mpx = "mpx.vmhba0:C0:T0:L0";
const ssd = (id: string, more: Partial<Disk> = {}): Disk => ({ id, ssd: true, ...more });

/** Three hosts with these disks each, and what else there is. */
async function found(disks: (n: number) => Disk[], more: ManagedObject[], only = "C0") {
  const hosts = [1, 2, 3].map((n) => host(`h${n}`, `esx-${n}`, "c1", disks(n)));
  return readHardware(sessionOf([cluster, ...hosts, ...more]), only);
}

/** What the description that discover wrote is refused for. */
function refused(yaml: string): string[] {
  const result = readSite({ ...site([]), ...parse(yaml) });
  return "problems" in result ? result.problems.map(({ path }) => path) : [];
}

describe("F4: local disks of one name on every host", () => {
  test("each is known by its host and name", async () => {
    const stores = [1, 2, 3].map((n) => datastore(`d${n}`, `esx-${n}-local`, "VMFS", vmfs(mpx), [`h${n}`]));
    const hardware = await found(() => [ssd(mpx)], stores);
    expect(hardware.hosts.map((h) => h.devices.map((d) => [d.id, d.datastores]))).toEqual(
      [1, 2, 3].map((n) => [[`esx-${n}/${mpx}`, [`esx-${n}-local`]]]),
    );
    expect(refused(hostsYaml(hardware))).toEqual([]);
  });

  test("so are disks that each host says are its own; one disk that they share stays one", async () => {
    const stores = [1, 2, 3].map((n) => datastore(`d${n}`, `store-${n}`, "VMFS", vmfs("naa.51"), [`h${n}`]));
    const own = await found(() => [ssd("naa.51", { local: true })], stores);
    expect(own.hosts.map((h) => h.devices.map((d) => d.id))).toEqual([1, 2, 3].map((n) => [`esx-${n}/naa.51`]));
    const one = await found(() => [ssd("naa.51", { local: false })], stores);
    expect(one.hosts.map((h) => h.devices)).toEqual([[], [], []]);
    expect(one.sharedStorage).toMatchObject([
      { id: "naa.51", kind: "san", datastores: ["store-1", "store-2", "store-3"], hosts: ["esx-1", "esx-2", "esx-3"] },
    ]);
    for (const hardware of [own, one]) expect(refused(hostsYaml(hardware))).toEqual([]);
  });
});

describe("F5, real-vcenter-26: what discover writes is what plan takes", () => {
  test("hosts without disks of their own have an empty list", async () => {
    const san = datastore("d1", "san-1", "VMFS", vmfs("naa.600a1"), ["h1", "h2", "h3"]);
    const yaml = hostsYaml(await found(() => [ssd("naa.600a1")], [san]));
    expect(yaml).toContain("    devices: []\n");
    expect(refused(yaml)).toEqual([]);
  });

  test("vSAN and NFS are called by their own ids, whatever their names hold", async () => {
    const hardware = await found(
      () => [],
      [
        datastore("d9", "vsanDatastore (1)", "vsan", "", ["h1", "h2", "h3"]),
        datastore("d8", "nas/backup", "NFS41", nas("nas.example", "/vol/my backups"), ["h1"]),
        datastore("d7", "nas", "NFS", nas("10.9.0.7", "/vol/a"), ["h1", "h2"]),
      ],
    );
    expect(hardware.sharedStorage.map(({ id, kind }) => [id, kind])).toEqual([
      ["nfs:10.9.0.7:/vol/a", "nfs"],
      ["nfs:d8", "nfs"],
      ["vsan:d9", "vsan"],
    ]);
    expect(refused(hostsYaml(hardware))).toEqual([]);
  });

  test("F10: a name with brackets, quotes, umlauts, per cent signs and colons goes through", async () => {
    for (const name of [
      "[SSD] esx-1",
      `it's "the" one`,
      "Büro & Lager #2",
      "100%25 a%2fb",
      "- a: {b}, [c] # d",
      "null",
    ]) {
      const hardware = await found(
        (n) => [ssd(`naa.5${n}`)],
        [
          ...[2, 3].map((n) => datastore(`d${n}`, `esx-${n}`, "VMFS", vmfs(`naa.5${n}`), [`h${n}`])),
          datastore("d1", name, "VMFS", vmfs("naa.51"), ["h1"]),
        ],
      );
      const yaml = hostsYaml(hardware);
      expect(parse(yaml).hosts[0].devices[0].datastore).toBe(name);
      expect(refused(yaml)).toEqual([]);
    }
  });

  test("a host whose name no label holds is told, with what to do", async () => {
    const long = `${"a".repeat(40)}.${"b".repeat(40)}.example`;
    const hardware = await readHardware(
      sessionOf([
        cluster,
        host("h1", long, "c1", [ssd("naa.51")]),
        datastore("d1", "one", "VMFS", vmfs("naa.51"), ["h1"]),
      ]),
    );
    const yaml = hostsYaml(hardware);
    expect(yaml).toContain("#   hosts[0].name: text of 89 characters is too long; use at most 63 characters\n");
    expect(refused(yaml)).toEqual(["hosts[0].name"]);
  });
});

describe("F14: one vCenter, several datacenters", () => {
  const inventory = [
    named("Folder", "root", "Datacenters"),
    ...[1, 2].flatMap((n) => [
      named("Datacenter", `dc${n}`, `DC/${n}`.replace("/", "%2f"), "root"),
      named("Folder", `f${n}`, "host", `dc${n}`),
      named("ClusterComputeResource", `c${n}`, "Cluster", `f${n}`),
      host(`h${n}`, `esx-${n}`, `c${n}`, [ssd(`naa.5${n}`)]),
      datastore(`d${n}`, "datastore1", "VMFS", vmfs(`naa.5${n}`), [`h${n}`]),
    ]),
  ];

  test("a cluster's name that two have is an error, and the datacenter's name decides", async () => {
    await expect(readHardware(sessionOf(inventory), "Cluster")).rejects.toThrow(
      "--cluster: 2 clusters are called Cluster, in DC%2f1 and DC%2f2; name one of these with --datacenter",
    );
    for (const name of ["DC%2f2", "DC/2"]) {
      const { hosts } = await readHardware(sessionOf(inventory), "Cluster", name);
      expect(hosts.map((h) => h.name)).toEqual(["esx-2"]);
      expect(hosts[0]?.devices.map((d) => d.id)).toEqual(["naa.52"]);
    }
    await expect(readHardware(sessionOf(inventory), "Cluster", "DC3")).rejects.toThrow(
      "--datacenter: vCenter shows no datacenter DC3 to this account; use DC%2f1 or DC%2f2",
    );
  });

  test("without either, that hosts of two clusters are listed is told, and datastores of one name", async () => {
    const hardware = await readHardware(sessionOf(inventory));
    expect(hardware.notes).toEqual([
      "the hosts of 2 clusters are listed (Cluster, Cluster): a site is on one, name it with --cluster",
    ]);
    expect(hostsYaml(hardware)).toContain(
      "#   hosts[1].devices[0].datastore: datastore datastore1 is already named at",
    );
  });

  test("two clusters of one name in folders of one datacenter cannot be told apart by it", async () => {
    const folders = [
      named("Datacenter", "dc", "DC0"),
      ...[1, 2].flatMap((n) => [
        named("Folder", `f${n}`, `F${n}`, "dc"),
        named("ClusterComputeResource", `c${n}`, "C", `f${n}`),
      ]),
    ];
    await expect(readHardware(sessionOf(folders), "C")).rejects.toThrow("2 clusters are called C, in DC0; rename one");
  });
});

describe("what vCenter does not tell", () => {
  test("real-vcenter-24: a disk that no host describes has no media, and a note", async () => {
    const hardware = await readHardware(
      sessionOf([
        cluster,
        host("h1", "esx-1", "c1", undefined, { state: "disconnected" }),
        datastore("d1", "one", "VMFS", vmfs("naa.51"), ["h1"]),
      ]),
    );
    expect(parse(hostsYaml(hardware)).hosts[0].devices[0]).not.toHaveProperty("media");
    expect(hardware.notes).toEqual([
      "host esx-1 is disconnected, and its disks may be missing: connect it and run this again, or leave it out",
      "no host tells what naa.51 is: write its media (nvme, ssd or hdd), which is ssd if left out",
    ]);
  });

  test("real-vcenter-25: hosts and datastores that are not in service are told", async () => {
    const blind = datastore("d2", "two", "VMFS", vmfs("naa.52"), ["h2"]);
    blind.properties.get("host")?.children[0]?.children.push({
      name: "mountInfo",
      attributes: {},
      text: "",
      children: [{ name: "accessible", attributes: {}, text: "false", children: [] }],
    });
    const { notes } = await readHardware(
      sessionOf([
        cluster,
        host("h1", "esx-1", "c1", [], { maintenance: true }),
        host("h2", "esx-2", "c1", [ssd("naa.52")], { state: "notResponding" }),
        blind,
      ]),
    );
    expect(notes).toEqual([
      "datastore two is not accessible on esx-2: mend that before `up`",
      "host esx-1 is in maintenance mode: end that before `up`, or leave it out",
      "host esx-2 does not respond, and its disks may be missing: connect it and run this again, or leave it out",
    ]);
  });

  test("a host without its numbers is listed with what a person must fill in", async () => {
    const yaml = hostsYaml(
      await readHardware(sessionOf([cluster, host("h1", "esx-1", "c1", undefined, { hardware: false })])),
    );
    for (const key of ["cpus", "memoryGiB"]) expect(yaml).toContain(`#   hosts[0].${key}: it is missing; add a number`);
  });

  test("real-vcenter-27: a foreign object that may not be read is told; one of the cluster ends it", async () => {
    const denied = [{ property: "info", privilege: "System.Read" }];
    const own = host("h1", "esx-1", "c1", [ssd("naa.51")]);
    const store = datastore("d1", "one", "VMFS", vmfs("naa.51"), ["h1"]);
    const other = named("ClusterComputeResource", "c2", "C2");
    const foreign = [host("h2", "esx-2", "c2", [], { denied }), datastore("d2", "two", "VMFS", "", ["h2"], denied)];
    const { hosts, notes } = await readHardware(sessionOf([cluster, other, own, store, ...foreign]), "C0");
    expect(hosts.map((h) => h.name)).toEqual(["esx-1"]);
    expect(notes).toEqual([
      "HostSystem esx-2 may not be read (System.Read): it is left out",
      "Datastore two may not be read (System.Read): it is left out",
    ]);
    const closed = datastore("d1", "one", "VMFS", "", ["h1"], denied);
    await expect(readHardware(sessionOf([cluster, own, closed]), "C0")).rejects.toThrow(
      "user: may not read info of d1",
    );
  });

  test("real-vcenter-28: what a disk is follows from what its host says, not from how it is called", async () => {
    const disks = [
      ssd("eui.01", { local: false }),
      ssd("eui.02", { local: true }),
      ssd("eui.03", { vendor: "NVMe" }),
      ssd("t10.NVMe____x"),
      { id: "naa.04", ssd: false },
      { id: "naa.05" },
    ];
    const stores = disks.map(({ id }, n) => datastore(`d${n}`, `s${n}`, "VMFS", vmfs(id), ["h1"]));
    const { hosts } = await readHardware(sessionOf([cluster, host("h1", "esx-1", "c1", disks), ...stores]));
    expect(Object.fromEntries(hosts[0]?.devices.map((d) => [d.id, d.media]) ?? [])).toEqual({
      "eui.01": "ssd",
      "eui.02": "nvme",
      "eui.03": "nvme",
      "t10.NVMe____x": "nvme",
      "naa.04": "hdd",
      "naa.05": undefined,
    });
  });

  test("real-vcenter-28: storage without a device that can be named is left out, with a note", async () => {
    const { sharedStorage, notes } = await found(
      () => [],
      [
        datastore("d1", "vvol", "VVOL", "", ["h1", "h2"]),
        datastore("d2", "pmem", "PMEM", "", ["h1"]),
        datastore("d3", "both", "VMFS", vmfs("naa.1", "naa.2"), ["h1"]),
      ],
    );
    expect(sharedStorage).toEqual([]);
    expect(notes).toEqual([
      "datastore vvol (vvol) is on no VMFS extent: add its device by hand",
      "datastore pmem (pmem) is on no VMFS extent: add its device by hand",
      "datastore both spans naa.1 and naa.2: it fails with any of them and is left out",
    ]);
  });
});
