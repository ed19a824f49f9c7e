import type { Vcenter } from "../../site/description/hypervisors";
import { storedName } from "../../site/description/inventoryName";
import { nameOf, text, within } from "./managedObject";
import type { ManagedObject, Session } from "./session";
import { kindOf } from "./virtualDevice";
import { all, at } from "./xml";

/** Where vCenter has a virtual machine. What it does not tell is left out. */
export interface Place {
  name: string;
  host?: string;
  /** `connected`, or why vCenter cannot say more: `inaccessible`, `orphaned`, `disconnected`, `invalid`. */
  connection?: string;
  /** Datastores of its disks, in the order of their units; empty where vCenter has no settings of it. */
  datastores: string[];
}

/** Of the machines of these names, in three requests; one that vCenter does not have is left out. */
export async function readPlaces(
  session: Session,
  { datacenter }: Pick<Vcenter, "datacenter">,
  names: readonly string[],
): Promise<Place[]> {
  const wanted = new Set(names.map(storedName));
  const objects = await session.read(
    {
      Datacenter: ["name", "parent"],
      Folder: ["name", "parent"],
      HostSystem: ["name"],
      VirtualMachine: ["name", "parent"],
    },
    { lenient: true },
  );
  const hosts = new Map(objects.filter(({ type }) => type === "HostSystem").map((o) => [o.id, nameOf(o)]));
  const machines = within(objects, datacenter).filter((o) => o.type === "VirtualMachine" && wanted.has(nameOf(o)));
  const read = await session.readObjects(machines, [
    ...["name", "runtime.host", "runtime.connectionState", "config.hardware.device"],
  ]);
  return read.map((machine) => {
    const host = hosts.get(text(machine, "runtime.host"));
    const connection = text(machine, "runtime.connectionState");
    return {
      name: nameOf(machine),
      ...(host !== undefined && { host }),
      ...(connection !== "" && { connection }),
      datastores: datastoresOf(machine),
    };
  });
}

/** A disk's file is `[datastore] folder/name.vmdk`. */
function datastoresOf(machine: ManagedObject): string[] {
  return all(machine.properties.get("config.hardware.device"), "VirtualDevice")
    .filter((device) => kindOf(device) === "VirtualDisk")
    .map((disk) => ({
      unit: Number(at(disk, "unitNumber")?.text ?? 0),
      file: at(disk, "backing", "fileName")?.text ?? "",
    }))
    .sort((a, b) => a.unit - b.unit)
    .map(({ file }) => /^\[(.*)\] [^\]]*$/.exec(file)?.[1] ?? "");
}
