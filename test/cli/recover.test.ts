import { describe, expect, test } from "vitest";
import { clonesEnd } from "../../sdks/vcenter/clones";
import { clusterPath, endingWith, readExisting } from "../../sdks/vcenter/existing";
import type { ManagedObject, Session } from "../../sdks/vcenter/session";
import { parseXml } from "../../sdks/vcenter/xml";
import { named, sessionOf } from "./discover/objects";

/** A task of vCenter, as it is listed. */
function task(description: string, state: string, entityName: string): ManagedObject {
  const properties = { "info.descriptionId": description, "info.state": state, "info.entityName": entityName };
  return {
    type: "Task",
    id: "task-1",
    properties: new Map(
      Object.entries(properties).flatMap(([name, text]) => {
        const element = parseXml(`<val>${text}</val>`);
        return element ? [[name, element] as const] : [];
      }),
    ),
  };
}

/** A vCenter whose tasks are these, one list at each time it is asked. */
function tasksOf(...lists: ManagedObject[][]): { session: Session; asked(): number } {
  let asked = 0;
  const session = { tasks: async () => lists[Math.min(asked++, lists.length - 1)] } as unknown as Session;
  return { session, asked: () => asked };
}

describe("real-vcenter-22: what a killed run left in vCenter", () => {
  test("is waited for while its own clone runs, and nobody else's", async () => {
    const foreign = task("VirtualMachine.clone", "running", "somebody-elses-template");
    const own = task("VirtualMachine.clone", "running", "groundwork-node");
    const { session, asked } = tasksOf([foreign, own], [foreign, own], [foreign]);
    await clonesEnd(session, ["groundwork-node", "shop-etcd-a"]);
    expect(asked()).toBe(3);
    const others = tasksOf([foreign, task("VirtualMachine.powerOn", "running", "groundwork-node")]);
    await clonesEnd(others.session, ["groundwork-node"]);
    expect(others.asked()).toBe(1);
  });

  test("is found in a datacenter and a cluster that lie in folders", async () => {
    const inventory = [
      named("Folder", "root", "Datacenters"),
      named("Folder", "f0", "Europe", "root"),
      named("Datacenter", "dc", "DC/0", "f0"),
      named("Folder", "vm", "vm", "dc"),
      named("Folder", "sites", "sites", "vm"),
      named("VirtualMachine", "m", "shop-etcd-a", "sites"),
      named("Folder", "host", "host", "dc"),
      named("Folder", "f1", "racks", "host"),
      named("ClusterComputeResource", "c", "C0", "f1"),
    ];
    const { machines, settings } = await readExisting(sessionOf(inventory));
    expect(machines).toEqual(["/Datacenters/Europe/DC%2f0/vm/sites/shop-etcd-a"]);
    expect(endingWith(machines, "/DC%2f0/vm/sites/shop-etcd-a")).toBe(machines[0]);
    expect(endingWith(machines, "/DC%2f0/vm/shop-etcd-a")).toBeUndefined();
    const cluster = "/Datacenters/Europe/DC%2f0/host/racks/C0";
    expect(clusterPath(settings.keys(), "DC/0", "C0")).toBe(cluster);
    expect(clusterPath(settings.keys(), "DC/0", "C1")).toBeUndefined();
  });
});
