import type { MachinePlan } from "../../site/plan/model";
import { virtualMachine, vsphereMachine } from "../types";
import { Unknown } from "../unknown";
import type { Names } from "./names";
import type { RegisteredResource } from "./resources";

/** A disk of a virtual machine as it was registered. */
export interface RegisteredDisk {
  label: string;
  sizeGiB: number | Unknown;
  datastore: string | Unknown;
  /** vCenter's storage policy; none if it has none. */
  storagePolicy?: string | Unknown;
}

/** A virtual machine as it was registered, and the machine of the plan it was made for. */
export interface RegisteredMachine {
  urn: string;
  /** vCenter's id, once it exists. */
  id?: string;
  plan: MachinePlan;
  host: string | Unknown;
  cpus: number | Unknown;
  memoryGiB: number | Unknown;
  reservation: { cpuMHz: number | Unknown; memoryGiB: number | Unknown };
  disks: RegisteredDisk[];
}

/** Whether a host can use a datastore. */
export type Sees = (host: string, datastore: string) => boolean;

/** The virtual machines below `VsphereMachine` components, whose arguments say what each is for. */
export function registeredMachines(
  resources: readonly RegisteredResource[],
  names: Names,
  sees: Sees,
): RegisteredMachine[] {
  const plans = new Map<string | undefined, MachinePlan>();
  for (const { type, urn, props } of resources)
    if (type === vsphereMachine && isPlan(props.plan)) plans.set(urn, props.plan);
  return resources.flatMap((resource) => {
    const plan = plans.get(resource.parent);
    return resource.type === virtualMachine && plan !== undefined
      ? [registeredMachine(resource, plan, names, sees)]
      : [];
  });
}

/** A virtual machine as it was registered, for what it is. */
export function registeredMachine(
  { urn, props, desired }: RegisteredResource,
  plan: MachinePlan,
  names: Names,
  sees: Sees,
): RegisteredMachine {
  const id = props.uuid ?? props.id;
  const disks = Array.isArray(props.disks) ? (props.disks as Record<string, unknown>[]) : [];
  const host = names.host(props.hostSystemId);
  // A disk without a datastore of its own moves with its machine. In a preview the provider says where it is: what it has to
  // leave with its host it will, else that is where it counts as being: somebody may have moved it there by hand.
  const datastoreOf = (disk: Record<string, unknown>): string | Unknown => {
    const is = has(disk.datastoreId) ? names.datastore(disk.datastoreId) : undefined;
    const follows = names.datastore(props.datastoreId);
    const { datastoreClusterId: cluster } = props;
    if (typeof cluster === "string" && cluster !== "") return cluster; // Storage DRS may put it on any of its datastores
    const isDesired = desired === undefined || is === undefined || has(desiredDisk(desired, disk)?.datastoreId);
    if (isDesired || is instanceof Unknown || follows instanceof Unknown || is === follows) return is ?? follows;
    const goesAlong = typeof host === "string" && !sees(host, is);
    return goesAlong ? follows : is;
  };
  return {
    urn,
    ...(typeof id === "string" && { id }),
    plan,
    host,
    cpus: count(props.numCpus, 1),
    memoryGiB: gibibytes(props.memory, 1024),
    reservation: { cpuMHz: count(props.cpuReservation, 0), memoryGiB: gibibytes(props.memoryReservation, 0) },
    disks: [...disks].sort(byUnit).map((disk) => ({
      label: String(disk.label ?? ""),
      sizeGiB: count(disk.size, 0),
      datastore: datastoreOf(disk),
      ...storagePolicyOf(disk.storagePolicyId, desired && desiredDisk(desired, disk)?.storagePolicyId === undefined),
    })),
  };
}

/** The same disk as the program wants it. */
function desiredDisk({ disks }: RegisteredResource["props"], { label, unitNumber }: Record<string, unknown>) {
  const desired = Array.isArray(disks) ? (disks as Record<string, unknown>[]) : [];
  return desired.find((disk) => disk.label === label && (disk.unitNumber ?? 0) === (unitNumber ?? 0));
}

/** What nobody asked for and is not known is vCenter's default, which promises nothing. */
function storagePolicyOf(id: unknown, isDefault = false): Pick<RegisteredDisk, "storagePolicy"> {
  if (isDefault && id instanceof Unknown) return {};
  return id instanceof Unknown || (typeof id === "string" && id !== "") ? { storagePolicy: id } : {};
}

function has(datastoreId: unknown): boolean {
  return ![undefined, null, "", "<computed>"].includes(datastoreId as string);
}

function byUnit(a: Record<string, unknown>, b: Record<string, unknown>): number {
  return Number(a.unitNumber ?? 0) - Number(b.unitNumber ?? 0);
}

function count(value: unknown, otherwise: number): number | Unknown {
  if (value instanceof Unknown) return value;
  return typeof value === "number" ? value : otherwise;
}

function gibibytes(value: unknown, otherwiseMiB: number): number | Unknown {
  const mebibytes = count(value, otherwiseMiB);
  return mebibytes instanceof Unknown ? mebibytes : mebibytes / 1024;
}

function isPlan(value: unknown): value is MachinePlan {
  return typeof value === "object" && value !== null && "role" in value && "name" in value;
}
