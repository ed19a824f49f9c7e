import type { Vcenter } from "../../site/description/hypervisors";
import { storedName } from "../../site/description/inventoryName";
import type { MachineInVcenter } from "../../site/facts/vcenter";
import { nameOf, text, within } from "./managedObject";
import type { ManagedObject, ObjectReference, Session } from "./session";
import { all, at } from "./xml";

/** What vCenter knows of a machine and its guest. */
export type GuestFact = Omit<MachineInVcenter, "name" | "path">;

/** The guests of virtual machines, by the machines' ids. */
export async function readGuests(
  session: Session,
  machines: readonly ObjectReference[],
): Promise<ReadonlyMap<string, GuestFact>> {
  const objects = await session.readObjects(machines, [
    ...[
      "name",
      "config.annotation",
      "summary.runtime",
      "guest.toolsRunningStatus",
      "guest.ipAddress",
      "config.extraConfig",
    ],
  ]);
  return new Map(objects.map((object) => [object.id, guestFact(object)]));
}

/** The guests of the machines of these names, in three requests. */
export async function findGuests(
  session: Session,
  { datacenter }: Vcenter,
  names: readonly string[],
): Promise<MachineInVcenter[]> {
  const wanted = new Set(names.map(storedName));
  const objects = await session.read(
    { Datacenter: ["name", "parent"], Folder: ["name", "parent"], VirtualMachine: ["name", "parent"] },
    { lenient: true },
  );
  const machines = within(objects, datacenter).filter((o) => o.type === "VirtualMachine" && wanted.has(nameOf(o)));
  const guests = await readGuests(session, machines);
  return machines.map((o) => ({ name: nameOf(o), path: nameOf(o), ...guests.get(o.id) }));
}

function guestFact(machine: ManagedObject): GuestFact {
  const [, site] = /^Groundwork: \S+ of site (\S+)$/.exec(text(machine, "config.annotation")) ?? [];
  const runtime = machine.properties.get("summary.runtime");
  const connection = at(runtime, "connectionState")?.text;
  const power = at(runtime, "powerState")?.text;
  const bootedAt = at(runtime, "bootTime")?.text;
  const question = at(runtime, "question", "text")?.text;
  const tools = text(machine, "guest.toolsRunningStatus");
  const address = text(machine, "guest.ipAddress");
  const userdata = all(machine.properties.get("config.extraConfig"), "OptionValue").find(
    (option) => at(option, "key")?.text === "guestinfo.userdata",
  );
  return {
    ...(site && { site }),
    ...(connection && { connection }),
    ...(power && { poweredOn: power === "poweredOn" }),
    ...(bootedAt && { bootedAt }),
    ...(question && { question }),
    ...(tools && { toolsRun: tools === "guestToolsRunning" }),
    ...(address && { address }),
    // cloud-init leaves three hyphens in the place of what it has read.
    ...(userdata && { keepsUserdata: !/^(---|LS0t)?\s*$/.test(at(userdata, "value")?.text ?? "") }),
  };
}
