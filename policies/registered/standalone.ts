import { deviceKey } from "../../site/description/deviceId";
import type { Role } from "../../site/description/spec";
import type { Facts } from "../../site/facts/model";
import type { Rule } from "../../site/judge/rules";
import type { MachinePlan } from "../../site/plan/model";
import { noSettings, type Settings } from "../settings";
import { virtualMachine, vmfsDatastore } from "../types";
import { Unknown } from "../unknown";
import { type RegisteredMachine, registeredMachine } from "./machines";
import type { Names } from "./names";
import type { RegisteredResource } from "./resources";

/** How machines are usually called, by role. */
const usual: readonly [Role, string][] = [
  ["etcd", "etcd"],
  ["control-plane", "control-?plane|master"],
  ["load-balancer", "load-?balancer|haproxy"],
  ["worker", "worker"],
];

/** Whether a rule can be asked of machines without a site: those about etcd only where there is one. */
export function appliesWithoutSite({ withoutSite }: Rule, machines: readonly RegisteredMachine[]): boolean {
  return withoutSite === "always" || (withoutSite === "with etcd" && machines.some(({ plan }) => plan.role === "etcd"));
}

/** Ids are their own names. */
export const standaloneNames: Names = { host: named, datastore: named };

function named(id: unknown): string | Unknown {
  return typeof id === "string" && id !== "" ? id : id instanceof Unknown ? id : new Unknown("id");
}

/** Virtual machines whose names say what they are for. */
export function standaloneMachines(
  resources: readonly RegisteredResource[],
  settings: Settings = noSettings,
): RegisteredMachine[] {
  return resources.flatMap((resource) => {
    if (resource.type !== virtualMachine) return [];
    const name = typeof resource.props.name === "string" ? resource.props.name : resource.name;
    const role = roleOf(name, settings);
    return role === undefined
      ? []
      : [registeredMachine(resource, planned(resource, name, role), standaloneNames, () => true)];
  });
}

function roleOf(name: string, { roles }: Settings): Role | undefined {
  const patterns = [...Object.entries(roles), ...usual.filter(([role]) => !(role in roles))];
  return patterns.find(([, pattern]) => new RegExp(pattern, "i").test(name))?.[0] as Role | undefined;
}

/** What a machine is for; the last disk of an etcd member holds its data. */
function planned({ props }: RegisteredResource, name: string, role: Role): MachinePlan {
  const count = Array.isArray(props.disks) ? props.disks.length : 0;
  const disks = Array.from({ length: count }, (_, i) => ({
    name: role === "etcd" && i === count - 1 ? ("data" as const) : ("system" as const),
    datastore: "",
    device: "",
    sizeGiB: 0,
  }));
  const unplanned = { host: "", address: undefined as never, cpus: 0, memoryGiB: 0, labels: {} };
  return { name, role, disks, reservation: { cpuMHz: 0, memoryGiB: 0 }, ...unplanned };
}

/** The hosts that machines name, and the devices below their datastores, as far as anything tells. */
export function standaloneFacts(
  resources: readonly RegisteredResource[],
  machines: readonly RegisteredMachine[],
  { devices }: Settings = noSettings,
): Pick<Facts, "hosts" | "devices"> {
  const known = <T>(value: T | Unknown): value is T => !(value instanceof Unknown);
  const hosts = [...new Set(machines.map(({ host }) => host).filter(known<string>))];
  const datastores = [...new Set(machines.flatMap((m) => m.disks.map((d) => d.datastore)).filter(known<string>))];
  const byDevice = new Map<string, { id: string; datastores: string[] }>();
  for (const datastore of datastores)
    for (const id of devicesBelow(datastore, resources, devices)) {
      const device = byDevice.get(deviceKey(id)) ?? { id, datastores: [] };
      device.datastores.push(datastore);
      byDevice.set(deviceKey(id), device);
    }
  return {
    hosts: hosts.map((name) => ({ name })),
    devices: [...byDevice.values()].map((device) => ({ ...device, hosts })),
  };
}

/** As the settings say, or the program that makes the datastore; one of which nothing is known counts as a device. */
function devicesBelow(
  datastore: string,
  resources: readonly RegisteredResource[],
  devices: Settings["devices"],
): string[] {
  const attested = devices[datastore];
  if (attested !== undefined) return [attested];
  const made = resources.find(({ type, props }) => type === vmfsDatastore && props.id === datastore);
  const disks = Array.isArray(made?.props.disks) ? made.props.disks.filter((disk) => typeof disk === "string") : [];
  return disks.length > 0 ? disks : [datastore];
}
