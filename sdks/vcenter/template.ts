import type { Readable } from "node:stream";
import type { Vcenter } from "../../site/description/hypervisors";
import { storedName } from "../../site/description/inventoryName";
import type { Problem } from "../../site/description/problem";
import { UnusableInput, unusable } from "../../site/description/unusableInput";
import { carriedOut } from "./actions";
import { leaseFailure, readyLease, SAY_EVERY_MS } from "./lease";
import { nameOf, text, within } from "./managedObject";
import { type ManagedObject, type ObjectReference, objectXml, type Session } from "./session";
import { cleared, unfinished } from "./unfinished";
import { upload } from "./upload";
import { all, at, escapeXml, messageIn, renamed } from "./xml";

/** Where a template goes: its name, the host that it is registered at, and the datastore that its disk lies on. */
export interface TemplatePlace {
  name: string;
  host: string;
  datastore: string;
}

/** A machine packed by OVF: its descriptor, and its files. */
export interface Packed {
  descriptor: string;
  /** Bytes of each file, by its name. */
  sizes: ReadonlyMap<string, number>;
  /** Hands over the bytes of a file. */
  read(file: string, use: (content: Readable) => Promise<void>): Promise<void>;
}

/** A place as vCenter's API names it. */
interface Target {
  place: TemplatePlace;
  pool: ObjectReference;
  host: ObjectReference;
  datastore: ObjectReference;
  network: ObjectReference;
  folder: ObjectReference;
  /** The machines of its datacenter, as they are now. */
  machines(): Promise<ManagedObject[]>;
}

/** What is read of machines and of where they lie. */
const MACHINES = {
  Datacenter: ["name", "parent"],
  Folder: ["name", "parent"],
  VirtualMachine: ["name", "parent", "config.template"],
};

const isMachine = ({ type }: ManagedObject) => type === "VirtualMachine";

/**
 * Which of the templates are not there yet, each with where it goes.
 *
 * @throws UnusableInput with all that vCenter lacks for them
 */
export async function missingTemplates(
  session: Session,
  { datacenter, network }: Pick<Vcenter, "datacenter" | "network">,
  places: readonly TemplatePlace[],
): Promise<Target[]> {
  const seen = await session.read({
    ...MACHINES,
    Datacenter: ["name", "parent", "vmFolder"],
    ComputeResource: ["name", "parent", "resourcePool"],
    HostSystem: ["name", "parent", "datastore"],
    Datastore: ["name", "parent"],
    Network: ["name", "parent"],
  });
  const objects = within(seen, datacenter);
  const problems: Problem[] = [];
  const find = (types: readonly string[], name: string, path: string) => {
    const found = objects.find((o) => types.includes(o.type) && nameOf(o) === storedName(name));
    if (found === undefined)
      problems.push({ path, fact: `vCenter has no ${name} in ${datacenter}`, fix: "correct the name" });
    return found;
  };
  const center = seen.find((o) => o.type === "Datacenter" && nameOf(o) === storedName(datacenter));
  if (!center) throw unusable("hypervisor.datacenter", `vCenter has no ${datacenter}`, "correct the name");
  const card = find(["Network", "DistributedVirtualPortgroup", "OpaqueNetwork"], network, "hypervisor.network");
  const targets = places.flatMap((place): Target[] => {
    const there = objects.find((o) => isMachine(o) && nameOf(o) === storedName(place.name));
    if (there !== undefined) {
      if (text(there, "config.template") !== "true")
        problems.push({
          path: place.name,
          fact: "a virtual machine has that name, and is no template",
          fix: "make it one if it is whole, or delete it, or choose another name",
        });
      return [];
    }
    const host = find(["HostSystem"], place.host, `hosts ${place.host}`);
    const datastore = find(["Datastore"], place.datastore, `${place.host}: ${place.datastore}`);
    if (!host || !datastore || !card) return [];
    if (!all(host.properties.get("datastore"), "ManagedObjectReference").some((one) => one.text === datastore.id))
      problems.push({
        path: place.datastore,
        fact: `${place.host} does not see it`,
        fix: "name one of its own with --datastore",
      });
    const parent = objects.find(({ id }) => id === text(host, "parent"));
    return [
      {
        place,
        pool: { type: "ResourcePool", id: parent ? text(parent, "resourcePool") : "" },
        host,
        datastore,
        network: card,
        folder: { type: "Folder", id: text(center, "vmFolder") },
        machines: async () => within(await session.read(MACHINES), datacenter).filter(isMachine),
      },
    ];
  });
  if (problems.length > 0) throw new UnusableInput(problems);
  return targets;
}

/**
 * Makes a template. It has a name of its own until it is whole, so that what has the template's name is one: what a run that was ended left is
 * deleted by vCenter, five minutes after it heard of it last, or by the next run. One that cannot be completed is deleted at once.
 *
 * @param progress is told how much is written, in percent
 * @returns whether it was made: another run may have been at it, and have done it
 * @throws UnusableInput with what vCenter or the host refuses
 */
export async function importTemplate(
  session: Session,
  target: Target,
  packed: Packed,
  progress: (said: string) => void,
): Promise<boolean> {
  const { place, pool, host, folder } = target;
  if ((await cleared(session, place.name, target.machines, progress)) === "made") return false;
  const { spec, files } = await importSpec(session, target, packed.descriptor);
  const { value } = await session.invoke(
    pool,
    "ImportVApp",
    spec + objectXml("folder")(folder) + objectXml("host")(host),
  );
  const lease: ObjectReference = { type: "HttpNfcLease", id: value?.text ?? "" };
  const info = await readyLease(session, lease, place.name);
  const machine: ObjectReference = { type: "VirtualMachine", id: at(info, "entity")?.text ?? "" };
  const bytes = files.reduce((sum, { path }) => sum + (packed.sizes.get(path) ?? 0), 0);
  let written = 0;
  const percent = () => Math.floor((written / Math.max(1, bytes)) * 100);
  const said = setInterval(() => {
    progress(`${percent()} %`);
    session.invoke(lease, "HttpNfcLeaseProgress", `<percent>${percent()}</percent>`).catch(() => {}); // told by what is written
  }, SAY_EVERY_MS);
  try {
    for (const { id, path, isNew } of files) {
      const device = all(info, "deviceUrl").find((one) => at(one, "importKey")?.text === id);
      const address = at(device, "url")?.text;
      if (address === undefined) throw unusable(place.name, `vCenter names no place for ${path}`, "see vCenter's log");
      // An asterisk stands for the name by which vCenter is reached.
      const url = new URL(address.replace("*", session.login.server));
      const thumbprint = at(device, "sslThumbprint")?.text || undefined;
      const size = packed.sizes.get(path) ?? 0;
      const taken = (more: number) => {
        written += more;
      };
      await packed.read(path, (content) =>
        upload({ url, thumbprint }, content, { bytes: size, isNew, login: session.login, taken }),
      );
    }
    await session.invoke(lease, "HttpNfcLeaseComplete", "");
    await session.perform(machine, "MarkAsTemplate");
    const name = `<newName>${escapeXml(storedName(place.name))}</newName>`;
    await carriedOut(session, machine, "Rename_Task", place.name, name);
    return true;
  } catch (error) {
    const failure = await leaseFailure(session, lease, place.name);
    await session.invoke(lease, "HttpNfcLeaseAbort", "").catch(() => {});
    // After an abort vCenter deletes it by itself, but may not have yet.
    await carriedOut(session, machine, "Destroy_Task", place.name).catch(() => {});
    throw failure ?? error;
  } finally {
    clearInterval(said);
  }
}

/** What vCenter makes of the descriptor: what is to be imported, as XML, and the files that it takes. */
async function importSpec(session: Session, { place, pool, host, datastore, network }: Target, descriptor: string) {
  const networks = [...descriptor.matchAll(/<Network [^>]*\bovf:name="([^"]*)"/g)].map(([, name = ""]) => name);
  const { value, xml } = await session.invoke(
    session.reference("ovfManager"),
    "CreateImportSpec",
    [
      `<ovfDescriptor>${escapeXml(descriptor)}</ovfDescriptor>`,
      objectXml("resourcePool")(pool),
      objectXml("datastore")(datastore),
      '<cisp xsi:type="OvfCreateImportSpecParams"><locale/><deploymentOption/>',
      `<entityName>${escapeXml(unfinished(place.name))}</entityName>`,
      objectXml("hostSystem")(host),
      ...networks.map(
        (name) => `<networkMapping><name>${name}</name>${objectXml("network")(network)}</networkMapping>`,
      ),
      "<diskProvisioning>thin</diskProvisioning></cisp>",
    ].join(""),
  );
  const [refused] = all(value, "error");
  const spec = renamed(xml, "importSpec", "spec");
  if (refused || spec === undefined)
    throw unusable(place.name, `vCenter cannot use the image: ${messageIn(refused)}`, "see docs/image.md");
  const files = all(value, "fileItem").map((item) => ({
    id: at(item, "deviceId")?.text ?? "",
    path: at(item, "path")?.text ?? "",
    isNew: at(item, "create")?.text === "true",
  }));
  return { spec, files };
}
