import type { ManagedObject, Session } from "../../sdks/vcenter/session";
import { all, at } from "../../sdks/vcenter/xml";
import type { SiteSpec } from "../../site/description/spec";
import type { Item } from "./item";

/** What vCenter tells of itself, of a site's hosts, and of the disks in them. */
export async function hypervisorItems(session: Session, { hosts }: Pick<SiteSpec, "hosts">): Promise<Item[]> {
  const objects = await session.read({
    HostSystem: [
      ...["name", "summary.config.product", "hardware.systemInfo", "hardware.biosInfo"],
      "config.storageDevice.scsiLun",
    ],
  });
  const named = new Set(hosts.map(({ name }) => name));
  const [product = "", ...build] = session.product.split(/ (?=\d)/);
  return [
    { kind: "hypervisor", name: product, version: build.join(" "), where: "vCenter" },
    ...objects.filter((host) => named.has(text(host, "name"))).flatMap(hostItems),
  ];
}

/** The hypervisor, the BIOS and the disks of a host. */
export function hostItems(host: ManagedObject): Item[] {
  const where = text(host, "name");
  const [product, system, bios] = ["summary.config.product", "hardware.systemInfo", "hardware.biosInfo"].map((path) =>
    host.properties.get(path),
  );
  const said = (...parts: (string | undefined)[]) => parts.filter((part) => part?.trim()).join(" ");
  const build = at(product, "build")?.text;
  const items: Item[] = [
    {
      kind: "hypervisor",
      name: at(product, "name")?.text ?? "",
      version: said(at(product, "version")?.text, build && `build ${build}`),
      where,
    },
    {
      kind: "firmware",
      name: said("BIOS of", at(system, "vendor")?.text, at(system, "model")?.text),
      version: said(at(bios, "biosVersion")?.text, at(bios, "releaseDate")?.text?.slice(0, 10)),
      where,
    },
    ...all(host.properties.get("config.storageDevice.scsiLun"), "ScsiLun").map((lun): Item => {
      const disk = said(at(lun, "vendor")?.text.trim(), at(lun, "model")?.text.trim());
      const device = at(lun, "canonicalName")?.text ?? "";
      return {
        kind: "firmware",
        name: disk,
        version: at(lun, "revision")?.text.trim() ?? "",
        where: `${where} ${device}`,
      };
    }),
  ];
  return items.filter(({ name, version }) => name !== "" && version !== "");
}

function text(object: ManagedObject, property: string): string {
  return object.properties.get(property)?.text ?? "";
}
