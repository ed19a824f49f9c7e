import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { hostsYaml } from "../../../cli/discover/command";
import { readHardware } from "../../../sdks/vcenter/hardware";
import type { ManagedObject } from "../../../sdks/vcenter/session";
import { readSite } from "../../../site/description/parse";
import { formatProblem } from "../../../site/description/problem";
import { site } from "../../support/sites";
import { datastore, host, named, nas, sessionOf, vmfs } from "./objects";

/** Any text that XML can hold: vCenter shows it, whether a person could type it or not. */
const anyName = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 90 })
  .map((text) => text.replace(/[\p{Cc}\p{Cs}\p{Cn}\ufffe\uffff]/gu, "x"));

/** A name as vCenter takes it: up to 80 printable characters, no blanks at the ends; a slash of it is kept as %2f. */
const printableName = fc
  .string({
    unit: fc.constantFrom(..."aZ09 -_.,:;#&'\"[]{}()!?*@$%^=+~`|<>äß漢/\\".split("")),
    minLength: 1,
    maxLength: 20,
  })
  .map((text) => text.trim() || "x");

const hostName = fc.oneof(
  fc.domain().map((name) => name.slice(0, 80)),
  fc.ipV4(),
  fc.constantFrom("localhost.localdomain", "esx_1", "fd00::1", "a..b", "1.2.3", "x".repeat(70)),
);

const diskId = fc.oneof(
  fc.constantFrom("mpx.vmhba0:C0:T0:L0", "mpx.vmhba1:C0:T1:L0", "naa.51", "naa.52", "NAA.51", "vml.0001"),
  fc.constantFrom("eui.0025385391b0a1c2", "t10.NVMe____Dell_x", "t10.ATA_____odd name+1"),
  fc.integer({ min: 0, max: 30 }).map((n) => `naa.6${n}`),
);

const shape = fc.record({
  ssd: fc.option(fc.boolean(), { nil: undefined }),
  local: fc.option(fc.boolean(), { nil: undefined }),
  known: fc.boolean(),
});

interface Store {
  name: string;
  kind: "VMFS" | "vsan" | "NFS" | "NFS41" | "VVOL" | "PMEM" | "";
  disks: string[];
  path: string;
  mounts: number[];
}

const store = (name: fc.Arbitrary<string>): fc.Arbitrary<Store> =>
  fc.record({
    name,
    kind: fc.constantFrom("VMFS", "VMFS", "VMFS", "vsan", "NFS", "NFS41", "VVOL", "PMEM", ""),
    disks: fc.array(diskId, { maxLength: 2 }),
    path: anyName,
    mounts: fc.array(fc.nat({ max: 4 }), { maxLength: 5 }),
  });

function inventories(names: fc.Arbitrary<string>, hosts: fc.Arbitrary<string>): fc.Arbitrary<ManagedObject[]> {
  return fc
    .record({
      hosts: fc.array(
        fc.record({
          name: hosts,
          disks: fc.option(fc.array(fc.tuple(diskId, shape), { maxLength: 4 }), { nil: undefined }),
          hardware: fc.boolean(),
          state: fc.constantFrom("connected", "connected", "disconnected", "notResponding"),
          maintenance: fc.boolean(),
          datacenter: fc.nat({ max: 1 }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      stores: fc.array(store(names), { maxLength: 8 }),
    })
    .map((shapes) => [
      ...[0, 1].flatMap((n) => [
        named("Datacenter", `dc${n}`, `DC${n}`),
        named("ClusterComputeResource", `c${n}`, "C", `dc${n}`),
      ]),
      ...shapes.hosts.map(({ name, disks, datacenter, ...more }, i) =>
        host(
          `h${i}`,
          name,
          `c${datacenter}`,
          disks?.filter(([, { known }]) => known).map(([id, { ssd, local }]) => ({ id, ssd, local })),
          more,
        ),
      ),
      ...shapes.stores.map(({ name, kind, disks, path, mounts }, i) =>
        datastore(
          `datastore-${i}`,
          name,
          kind,
          kind === "VMFS" ? vmfs(...disks) : kind.startsWith("NFS") ? nas("nas.example", path) : "",
          [...new Set(mounts)].map((n) => `h${n}`),
        ),
      ),
    ]);
}

/** What plan refuses of a description with what discover wrote, as it is told. */
function refusals(yaml: string): string[] {
  const network = { ...site([]).network, cidr: "100.64.0.0/24", gateway: "100.64.0.1", apiVip: "100.64.0.5" };
  const result = readSite({
    ...site([], { network: { ...network, machines: "100.64.0.10-100.64.0.120", podCidr: "100.65.0.0/16" } }),
    ...parse(yaml),
  });
  // A host may happen to be called as the rest of the description calls something: no part of what discover writes.
  return "problems" in result
    ? result.problems.map(formatProblem).filter((line) => !/is inside network|network\.serviceCidr/.test(line))
    : [];
}

test("F5: whatever an inventory holds, plan takes what discover writes, or discover says what it refuses, line by line", async () => {
  await fc.assert(
    fc.asyncProperty(inventories(fc.oneof(printableName, anyName), hostName), async (objects) => {
      const yaml = hostsYaml(await readHardware(sessionOf(objects)));
      const told = yaml.split("\n").filter((line) => line.startsWith("#   "));
      expect(told.map((line) => line.slice(4))).toEqual(refusals(yaml));
      for (const line of told) expect(line).toMatch(/^# {3}(hosts|sharedStorage)\S*: .+; .+$/);
    }),
    { numRuns: 100 },
  );
});

test("F5, F10: hosts with numbers, names of their own and storage are always taken, whatever datastores are called", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(printableName, { minLength: 4, maxLength: 4 }), diskId, async (names, id) => {
      const ids = [0, 1, 2];
      const disk = { id: id.replace(/[ +]/g, "_"), ssd: true, local: true };
      const hardware = await readHardware(
        sessionOf([
          named("ClusterComputeResource", "c", "C"),
          ...ids.map((n) => host(`h${n}`, `esx-${n}`, "c", [disk])),
          ...ids.map((n) => datastore(`d${n}`, names[n] ?? "", "VMFS", vmfs(disk.id), [`h${n}`])),
          datastore("d3", names[3] ?? "", "NFS41", nas("nas.example", names[0] ?? ""), ["h0", "h1", "h2"]),
        ]),
      );
      const yaml = hostsYaml(hardware);
      expect(refusals(yaml)).toEqual([]);
      expect(parse(yaml).hosts.map((h: { devices: { datastore: string }[] }) => h.devices[0]?.datastore)).toEqual(
        names.slice(0, 3),
      );
    }),
    { numRuns: 40 },
  );
});
