import { describe, expect, it } from "vitest";
import { givingUp, type ListedMachine, machinesOn, namesOf, type PlacedMachine } from "../../cli/recover/gone";

const member = (x: string, n: number): PlacedMachine => ({
  name: `shop-etcd-${x}`,
  role: "etcd",
  host: `esx-${n}`,
  disks: [
    { datastore: `esx-${n}-a`, device: `naa.${n}A` },
    { datastore: `esx-${n}-b`, device: `naa.${n}b` },
  ],
});
const worker: PlacedMachine = {
  name: "shop-general-a",
  role: "worker",
  host: "esx-2",
  disks: [{ datastore: "esx-2-b", device: "naa.2b" }],
};
const all = [member("a", 1), member("b", 2), member("c", 3), worker];
const inState = new Set(all.map(({ name }) => name));
const connected: ListedMachine = { id: "vm-1", connection: "connected", isOn: false, deadDatastores: [] };
const listed = (some: Record<string, Partial<ListedMachine>>) =>
  new Map(Object.entries(some).map(([name, machine]) => [name, { ...connected, ...machine }]));

function judged(gone: string, machines: Record<string, Partial<ListedMachine>>, known: ReadonlySet<string> = inState) {
  const result = givingUp(all, machinesOn(all, [gone]), known, listed(machines));
  return "problems" in result
    ? result.problems.map(({ path, fact, fix }) => `${path}: ${fact}; ${fix}`)
    : result.steps.map(({ machine, actions }) => [machine, ...actions.map(({ action }) => action)].join(" "));
}

describe("what goes with something that is gone (D8)", () => {
  it("is found by machine, host, device and datastore", () => {
    const names = (gone: string) => machinesOn(all, gone.split(" ")).map(({ name }) => name);
    expect(names("shop-etcd-a")).toEqual(["shop-etcd-a"]);
    expect(names("esx-2")).toEqual(["shop-etcd-b", "shop-general-a"]);
    expect(names("NAA.2a")).toEqual(["shop-etcd-b"]);
    expect(names("esx-2-b")).toEqual(["shop-etcd-b", "shop-general-a"]);
    expect(names("esx-1 shop-general-a")).toEqual(["shop-etcd-a", "shop-general-a"]);
    expect(names("esx-9")).toEqual([]);
    expect(namesOf([worker])).toEqual(["esx-2", "esx-2-b", "naa.2b", "shop-general-a"]);
  });

  it("is taken out of vCenter as vCenter lets it (real-vcenter-02)", () => {
    expect(judged("esx-2", {})).toEqual(["shop-etcd-b", "shop-general-a"]);
    expect(
      judged("naa.2b", {
        "shop-etcd-b": { isOn: true, deadDatastores: ["esx-2-b"] },
        "shop-general-a": { connection: "inaccessible", isOn: true },
      }),
    ).toEqual(["shop-etcd-b PowerOffVM_Task UnregisterVM", "shop-general-a UnregisterVM"]);
    expect(judged("shop-general-a", { "shop-general-a": { connection: "orphaned" } })).toEqual([
      "shop-general-a UnregisterVM",
    ]);
    expect(judged("shop-general-a", { "shop-general-a": {} })).toEqual(["shop-general-a Destroy_Task"]);
  });

  it("is not given up while it is there, each reason at once", () => {
    expect(
      judged("esx-2", { "shop-etcd-b": { isOn: true }, "shop-general-a": { connection: "disconnected" } }),
    ).toEqual([
      "machines.shop-etcd-b: it is on, and vCenter reaches its host and its datastores; power it off in vCenter if it is to be given up; else it is not gone",
      "machines.shop-general-a: its host esx-2 does not answer, and vCenter deletes nothing there; take the host out of vCenter's inventory, which takes its machines along: `govc host.remove esx-2`; then run this again",
    ]);
  });

  it("is not given up where etcd would lose its majority", () => {
    const known = new Set(["shop-etcd-b", "shop-etcd-c"]);
    expect(judged("shop-etcd-c", { "shop-etcd-c": {} }, known)).toEqual([
      expect.stringMatching(/^etcd: 1 of 3 members would be left, and it takes 2; give up one at a time; /),
    ]);
    const single = [{ ...member("a", 1) }];
    expect(givingUp(single, single, inState, listed({ "shop-etcd-a": {} }))).toMatchObject({
      problems: [{ path: "etcd", fix: expect.stringContaining("restore the site from a backup") }],
    });
  });

  it("is nothing, once it is given up: interrupted, it goes on where it was", () => {
    const half = new Set([...inState].filter((name) => name !== "shop-etcd-b"));
    expect(judged("esx-2", {}, half)).toEqual(["shop-general-a"]);
    const done = new Set([...half].filter((name) => name !== "shop-general-a"));
    expect(judged("esx-2", {}, done)).toEqual([]);
  });
});
