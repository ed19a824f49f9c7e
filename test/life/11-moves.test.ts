import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demo, labIsKept, RunningSite, until } from "../lab/site";
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

let site: RunningSite;
beforeAll(async () => {
  site = await RunningSite.open();
  await until("the site is healthy", 240, () => site.healthy().then(() => true));
});
afterAll(async () => {
  if (labIsKept) await demo();
});

describe("while clients write and read through the virtual address", () => {
  test("a member moves to another device, and one machine of each role to a new host", async () => {
    const [, b, c] = site.machines("etcd");
    if (!b || !c) throw new Error("the site has three members");
    const other = otherDatastore(c.host, dataDatastore(c.name));
    const toNewHost = [b.name, ...["load-balancer", "control-plane", "worker"].map((role) => `demo-${role}-b`)].map(
      (name) => name.replace("demo-worker", "demo-general"),
    );
    const before = await machineIds(site);
    const reason = "esx-4 is new";
    const { ended, report } = await changed(site, [
      newHost,
      [
        ["overrides"],
        [
          { machine: c.name, host: c.host, datastore: other, reason: "its disk is worn" },
          ...toNewHost.map((machine) => ({ machine, host: "esx-4", reason })),
        ],
      ],
    ]);
    expect(ended.code, ended.text).toBe(0);
    unharmed("a member on another device, four machines on another host", report);
    site = await RunningSite.open();
    await site.healthy();
    expect(dataDatastore(c.name)).toBe(other);
    const moved = [c.name, ...toNewHost];
    const after = await machineIds(site);
    for (const { name } of site.machines())
      expect(after[name] !== before[name], `${name} made anew`).toBe(moved.includes(name));
    expect(takenTooEarly(site)).toEqual([]);
    expect(await memberNames(site)).toEqual(site.machines("etcd").map(({ name }) => name));
    expect(await site.etcdHashes()).toHaveLength(1);
    for (const name of toNewHost) expect(await hostInVcenter(name), name).toBe("esx-4");
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
});

function dataDatastore(name: string): string {
  return site.machine(name).disks.find((disk) => disk.name === "data")?.datastore ?? "";
}

function otherDatastore(host: string, datastore: string): string {
  return [`${host}-a`, `${host}-b`].find((each) => each !== datastore) ?? "";
}

/** The host a machine runs on, by vCenter's account. */
async function hostInVcenter(machine: string): Promise<string> {
  const host = await site.datacenter.govc("object.collect", "-s", `vm/${machine}`, "runtime.host");
  return (await site.datacenter.govc("object.collect", "-s", host.trim(), "name")).trim();
}
