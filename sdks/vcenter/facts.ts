import type { Vcenter } from "../../site/description/hypervisors";
import { storedName } from "../../site/description/inventoryName";
import type { ClusterFact, TemplateFact, VcenterFacts, VcenterHost, VcenterNetwork } from "../../site/facts/vcenter";
import { PRIVILEGES, type PrivilegeScope } from "../../site/judge/preflight/account";
import { datastoreFact } from "./datastores";
import { readGuests } from "./guests";
import { nameOf, text, within } from "./managedObject";
import type { ManagedObject, ObjectReference, Session } from "./session";
import { kindOf } from "./virtualDevice";
import { all, at, type Element } from "./xml";

const GIB = 2 ** 30;

/**
 * Reads what `preflight` judges, in six requests whatever the size of the inventory.
 *
 * @param named names of the site's machines, and of the templates that they are cloned from
 */
export async function readFacts(
  session: Session,
  hypervisor: Vcenter,
  named: { machines: readonly string[]; templates: readonly string[] },
): Promise<VcenterFacts> {
  const objects = await session.read(
    {
      Datacenter: ["name", "parent"],
      Folder: ["name", "parent"],
      ComputeResource: ["name", "parent"],
      ClusterComputeResource: ["configurationEx"],
      HostSystem: ["name", "parent", "runtime.connectionState", "runtime.inMaintenanceMode", "network"],
      Datastore: ["name", "parent", "summary", "info", "host"],
      Network: ["name", "parent"],
      DistributedVirtualPortgroup: ["name", "parent", "config.distributedVirtualSwitch"],
      DistributedVirtualSwitch: ["name", "parent"],
      VirtualMachine: ["name", "parent"],
    },
    { lenient: true },
  );
  const byId = new Map(objects.map((object) => [object.id, object]));
  const datacenter = objects.find((o) => o.type === "Datacenter" && nameOf(o) === storedName(hypervisor.datacenter));
  const seen = within(objects, hypervisor.datacenter);
  const ofType = (pattern: RegExp) => seen.filter(({ type }) => pattern.test(type));
  const wanted = new Set(named.templates.map(storedName));
  const isTemplate = (o: ManagedObject) => wanted.has(nameOf(o));
  const cluster = ofType(/^ClusterComputeResource$/).find((o) => nameOf(o) === storedName(hypervisor.cluster));
  const machines = ofType(/^VirtualMachine$/);
  const datastores = ofType(/^Datastore$/);
  const hostNames = new Map(ofType(/^HostSystem$/).map((o) => [o.id, nameOf(o)]));
  const templates = await session.readObjects(machines.filter(isTemplate), [
    ...["name", "datastore", "runtime.connectionState", "snapshot", "runtime.powerState", "guest.toolsVersionStatus2"],
    ...["config.template", "config.firmware", "config.bootOptions", "config.version", "config.hardware.device"],
  ]);
  const ours = new Set(named.machines);
  const own = await readGuests(
    session,
    machines.filter((o) => ours.has(nameOf(o))),
  );
  const datastoreNames = new Map(datastores.map((o) => [o.id, nameOf(o)]));
  return {
    product: session.product,
    ...(cluster && { cluster: clusterFact(cluster) }),
    hosts: ofType(/^HostSystem$/).map((o) => hostFact(o, cluster)),
    datastores: datastores.map((o) => datastoreFact(o, hostNames)),
    networks: ofType(/Network$|Portgroup$/).map((o) => networkFact(o, byId)),
    templates: templates.map((o) => templateFact(o, pathOf(byId.get(o.id) ?? o, byId), datastoreNames)),
    machines: machines
      .filter((o) => !isTemplate(o))
      .map((o) => ({ name: nameOf(o), path: pathOf(o, byId), ...own.get(o.id) })),
    missingPrivileges: await missingPrivileges(session, {
      root: session.root,
      ...(datacenter && { datacenter }),
      ...(cluster && { cluster }),
    }),
    ...(await licences(session)),
    unreadable: [...session.unreadable].sort(),
  };
}

async function missingPrivileges(
  session: Session,
  objects: Partial<Record<PrivilegeScope, ObjectReference>>,
): Promise<VcenterFacts["missingPrivileges"]> {
  const scopes = Object.entries(objects) as [PrivilegeScope, ObjectReference][];
  const wanted = scopes.flatMap(([scope]) => PRIVILEGES[scope]);
  const lacked = await session.lackedPrivileges(
    scopes.map(([, object]) => object),
    wanted,
  );
  const titles: Record<PrivilegeScope, string> = {
    root: "the root of the inventory",
    datacenter: "the datacenter",
    cluster: "the cluster",
  };
  return scopes.flatMap(([scope, { id }]) => {
    const own: readonly string[] = PRIVILEGES[scope];
    return (lacked.get(id) ?? [])
      .filter((privilege) => own.includes(privilege))
      .map((privilege) => ({ privilege, on: titles[scope] }));
  });
}

/** Licences that end within a month are told with their date; most accounts may not read any. */
async function licences(session: Session): Promise<Pick<VcenterFacts, "licences">> {
  const [manager] = await session.readObjects([session.reference("licenseManager")], ["licenses"]);
  const infos = all(manager?.properties.get("licenses"), "LicenseManagerLicenseInfo");
  if (infos.length === 0) return {};
  return {
    licences: infos.map((info) => {
      const expires = all(info, "properties").find((p) => at(p, "key")?.text === "expirationDate");
      const date = expires && at(expires, "value")?.text.slice(0, 10);
      const soon = date !== undefined && new Date(date).getTime() < Date.now() + 30 * 86_400_000;
      return { name: at(info, "name")?.text ?? "", ...(soon && { expires: date }) };
    }),
  };
}

function clusterFact(cluster: ManagedObject): ClusterFact {
  const configuration = cluster.properties.get("configurationEx");
  const flag = (...path: string[]) => at(configuration, ...path)?.text === "true";
  return {
    name: nameOf(cluster),
    ...(configuration && {
      drs: flag("drsConfig", "enabled"),
      ha: { enabled: flag("dasConfig", "enabled"), admissionControl: flag("dasConfig", "admissionControlEnabled") },
    }),
  };
}

function hostFact(host: ManagedObject, cluster: ManagedObject | undefined): VcenterHost {
  const connection = text(host, "runtime.connectionState") as VcenterHost["connection"] | "";
  const maintenance = host.properties.get("runtime.inMaintenanceMode")?.text;
  return {
    id: host.id,
    name: nameOf(host),
    inCluster: cluster !== undefined && text(host, "parent") === cluster.id,
    ...(connection && { connection }),
    ...(maintenance !== undefined && { maintenance: maintenance === "true" }),
    networks: (host.properties.get("network")?.children ?? []).map(({ text: id }) => id),
  };
}

function networkFact(network: ManagedObject, byId: ReadonlyMap<string, ManagedObject>): VcenterNetwork {
  const kind = /Distributed/.test(network.type) ? "distributed" : /Opaque/.test(network.type) ? "opaque" : "standard";
  const owner = byId.get(text(network, "config.distributedVirtualSwitch"));
  return { id: network.id, name: nameOf(network), kind, ...(owner && { distributedSwitch: nameOf(owner) }) };
}

function templateFact(
  template: ManagedObject,
  path: string,
  datastoreNames: ReadonlyMap<string, string>,
): TemplateFact {
  const devices = all(template.properties.get("config.hardware.device"), "VirtualDevice");
  const firmware = text(template, "config.firmware");
  const power = text(template, "runtime.powerState");
  const connection = text(template, "runtime.connectionState");
  const tools = text(template, "guest.toolsVersionStatus2");
  const bootOptions = template.properties.get("config.bootOptions");
  const iso = devices
    .filter((device) => kindOf(device) === "VirtualCdrom")
    .map((device) => at(device, "backing", "fileName")?.text)
    .find((file) => file?.endsWith(".iso"));
  return {
    name: nameOf(template),
    path,
    ...(connection && { connection }),
    isTemplate: text(template, "config.template") === "true",
    ...(power && { poweredOn: power === "poweredOn" }),
    ...((firmware === "bios" || firmware === "efi") && { firmware }),
    ...(bootOptions && { secureBoot: at(bootOptions, "efiSecureBootEnabled")?.text === "true" }),
    ...(template.properties.has("config.version") && { hardwareVersion: text(template, "config.version") }),
    ...(devices.length > 0 && { disks: disksOf(devices), vtpm: devices.some((d) => kindOf(d) === "VirtualTPM") }),
    snapshots: template.properties.has("snapshot"),
    ...(tools && { tools: tools !== "guestToolsNotInstalled" }),
    ...(iso && { iso }),
    datastores: (template.properties.get("datastore")?.children ?? []).map(
      ({ text: id }) => datastoreNames.get(id) ?? id,
    ),
  };
}

function disksOf(devices: readonly Element[]): NonNullable<TemplateFact["disks"]> {
  const controllers = new Map(devices.map((device) => [at(device, "key")?.text, kindOf(device)]));
  return devices
    .filter((device) => kindOf(device) === "VirtualDisk")
    .map((disk) => {
      const controller = controllers.get(at(disk, "controllerKey")?.text) ?? "";
      const bytes = Number(at(disk, "capacityInBytes")?.text ?? Number(at(disk, "capacityInKB")?.text ?? 0) * 1024);
      return { sizeGiB: Math.ceil(bytes / GIB), controller: controllerKind(controller) };
    });
}

function controllerKind(type: string): "scsi" | "nvme" | "sata" | "ide" | "unknown" {
  if (/SCSI|LsiLogic|BusLogic/i.test(type)) return "scsi";
  if (/NVME/i.test(type)) return "nvme";
  if (/AHCI|SATA/i.test(type)) return "sata";
  return /IDE/.test(type) ? "ide" : "unknown";
}

/** The root folder is not part of a path. */
function pathOf(object: ManagedObject, byId: ReadonlyMap<string, ManagedObject>): string {
  const parent = byId.get(text(object, "parent"));
  return `${parent ? pathOf(parent, byId) : ""}/${text(object, "name")}`;
}
