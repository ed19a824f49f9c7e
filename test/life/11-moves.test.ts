import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demo, labIsKept, RunningSite, until } from "../support/lab/site";
import { changed, machineIds, memberNames, type Setting, takenTooEarly, unharmed } from "./change";

// O4, L1: machines that are to lie elsewhere, one after another, while clients write and read.

const newHost: Setting = [
  ["hosts", 3],
  {
    name: "esx-4",
    cpus: 16,
    memoryGiB: 64,
    devices: [
      { id: "naa.5000c500a0000041", media: "ssd", capacityGiB: 480, datastore: "esx-4-a" },
      { id: "naa.5000c500a0000042", media: "ssd", capacityGiB: 480, datastore: "esx-4-b" },
    ],
  },
];

/** Machines that go to the new host and come back. */
const settlers = ["demo-etcd-b", "demo-load-balancer-b", "demo-control-plane-b", "demo-general-b"];

let site: RunningSite;
/** Where machines were. */
let hosts: Map<string, string>;
beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
  hosts = new Map(site.machines().map(({ name, host }) => [name, host]));
});
afterAll(async () => {
  if (labIsKept) await demo();
});

describe("while clients write and read through the virtual address (R1)", () => {
  test("a member moves to another device, and one machine of each role to a new host", async () => {
    const [, , member] = site.machines("etcd");
    if (!member) throw new Error("the site has three members");
    const datastore =
      [`${member.host}-a`, `${member.host}-b`].find((each) => each !== dataDatastore(member.name)) ?? "";
    const worn = { machine: member.name, host: member.host, datastore, reason: "its disk is worn" };
    await moved([worn, ...settlers.map((machine) => ({ machine, host: "esx-4", reason: "esx-4 is new" }))]);
    expect(dataDatastore(member.name)).toBe(datastore);
    const { items } = await site.kubectlJson<{ items: { metadata: { name: string; labels: object } }[] }>(
      "get",
      "nodes",
    );
    const node = items.find(({ metadata }) => metadata.name === "demo-general-b");
    expect(Object.values(node?.metadata.labels ?? {})).toContain("esx-4");
  });

  test("a second run changes nothing", async () => {
    const { code, stdout, stderr } = await site.pulumi("preview", "--expect-no-changes");
    expect(code, stdout + stderr).toBe(0);
  });

  test("the new host is emptied again", async () => {
    await moved(settlers.map((machine) => ({ machine, host: hosts.get(machine) ?? "", reason: "esx-4 goes" })));
  });
});

interface Override {
  machine: string;
  host: string;
  datastore?: string;
  reason: string;
}

/** Has machines lie elsewhere, and sees that these were replaced there, one after another, and no others. */
async function moved(overrides: Override[]): Promise<void> {
  const before = await machineIds(site);
  const { ended, report } = await changed(site, [newHost, [["overrides"], overrides]]);
  expect(ended.code, ended.text).toBe(0);
  unharmed(`${overrides.length} machines moved`, report);
  site = await RunningSite.open();
  await site.healthy();
  const after = await machineIds(site);
  const movers = overrides.map(({ machine }) => machine);
  for (const { name } of site.machines())
    expect(after[name] !== before[name], `${name} replaced`).toBe(movers.includes(name));
  expect(takenTooEarly(site)).toEqual([]);
  expect(await memberNames(site)).toEqual(site.machines("etcd").map(({ name }) => name));
  expect(await site.etcdHashes()).toHaveLength(1);
  for (const { machine, host } of overrides) expect(await hostInVcenter(machine), machine).toBe(host);
}

function dataDatastore(name: string): string {
  return site.machine(name).disks.find((disk) => disk.name === "data")?.datastore ?? "";
}

/** The host a machine runs on, by vCenter's account. */
async function hostInVcenter(machine: string): Promise<string> {
  const host = await site.datacenter.govc("object.collect", "-s", `vm/${machine}`, "runtime.host");
  return (await site.datacenter.govc("object.collect", "-s", host.trim(), "name")).trim();
}
