import type { ManagedObject } from "../../sdks/vcenter/session";
import { byName } from "../../site/description/order";
import { hostsYaml } from "../discover/command";
import { hardwareOf, type VcenterOptions, withVcenter } from "../discover/vcenter";
import type { Choices } from "./ask";

/** What a vCenter tells of a site to be: names to choose from, and the hosts of its cluster as a description has them. */
export interface Discovered {
  choices: Choices;
  hosts(cluster: string, datacenter: string): Promise<{ text: string; notes: string[] }>;
}

export async function discoveredOf(options: VcenterOptions, env: NodeJS.ProcessEnv): Promise<Discovered> {
  const choices = await withVcenter(options, env, async (session, { server }): Promise<Choices> => {
    const objects = await session.read(
      {
        Datacenter: ["name"],
        ClusterComputeResource: ["name"],
        Network: ["name"],
        DistributedVirtualPortgroup: ["name", "config.distributedVirtualSwitch", "config.uplink"],
        DistributedVirtualSwitch: ["name"],
        VirtualMachine: ["name", "config.template"],
      },
      { lenient: true },
    );
    const names = (is: (object: ManagedObject) => boolean) =>
      [...new Set(objects.filter(is).flatMap((object) => object.properties.get("name")?.text ?? []))].sort(byName);
    return {
      kind: ["vsphere"],
      server: [server],
      datacenter: names(({ type }) => type === "Datacenter"),
      cluster: names(({ type }) => type === "ClusterComputeResource"),
      network: names(isNetwork),
      distributedSwitch: ({ network }) => switchesOf(network, objects),
      template: names(
        ({ type, properties }) => type === "VirtualMachine" && properties.get("config.template")?.text === "true",
      ),
    };
  });
  return {
    choices,
    hosts: async (cluster, datacenter) => {
      const hardware = await withVcenter(options, env, (session, reader) =>
        hardwareOf(session, reader, { cluster, datacenter }),
      );
      return { text: hostsYaml(hardware), notes: hardware.notes };
    },
  };
}

/** Networks that machines can be connected to: not those of a switch's own uplinks. */
function isNetwork({ type, properties }: ManagedObject): boolean {
  return (
    ["Network", "DistributedVirtualPortgroup", "OpaqueNetwork"].includes(type) &&
    properties.get("config.uplink")?.text !== "true"
  );
}

/** The distributed switches to choose from where several networks have a name; nothing where there is one. */
function switchesOf(network: string | undefined, objects: readonly ManagedObject[]): string[] | undefined {
  const text = ({ properties }: ManagedObject, property: string) => properties.get(property)?.text;
  const named = objects.filter((object) => isNetwork(object) && text(object, "name") === network);
  if (named.length < 2) return undefined;
  const switches = new Map(objects.map((object) => [object.id, text(object, "name") ?? ""]));
  return named
    .flatMap((object) => switches.get(text(object, "config.distributedVirtualSwitch") ?? "") ?? [])
    .sort(byName);
}
