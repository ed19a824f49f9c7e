import type { MachinePlan } from "../../site/plan";
import { Unknown } from "../known";
import { virtualMachine, vsphereMachine } from "../types";
import type { Names } from "./names";
import type { Seen } from "./seen";

/** A disk of a virtual machine as it was registered. */
export interface RegisteredDisk {
  label: string;
  sizeGiB: number | Unknown;
  datastore: string | Unknown;
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

/** The virtual machines below `VsphereMachine` components, whose arguments say what each is for. */
export function machinesOf(resources: readonly Seen[], names: Names): RegisteredMachine[] {
  const plans = new Map<string | undefined, MachinePlan>();
  for (const { type, urn, props } of resources)
    if (type === vsphereMachine && isPlan(props.plan)) plans.set(urn, props.plan);
  return resources.flatMap((resource) => {
    const plan = plans.get(resource.parent);
    return resource.type === virtualMachine && plan !== undefined ? [registeredMachine(resource, plan, names)] : [];
  });
}

/** A virtual machine as it was registered, for what it is. */
export function registeredMachine({ urn, props }: Seen, plan: MachinePlan, names: Names): RegisteredMachine {
  const id = props.uuid ?? props.id;
  const disks = Array.isArray(props.disks) ? (props.disks as Record<string, unknown>[]) : [];
  return {
    urn,
    ...(typeof id === "string" && { id }),
    plan,
    host: names.host(props.hostSystemId),
    cpus: count(props.numCpus, 1),
    memoryGiB: gibibytes(props.memory, 1024),
    reservation: { cpuMHz: count(props.cpuReservation, 0), memoryGiB: gibibytes(props.memoryReservation, 0) },
    disks: [...disks].sort(byUnit).map((disk) => ({
      label: String(disk.label ?? ""),
      sizeGiB: count(disk.size, 0),
      datastore: datastoreOf(disk, props, names),
    })),
  };
}

/** A disk without a datastore of its own lies with the machine's files. Storage DRS may put it on any of a cluster's. */
function datastoreOf(disk: Record<string, unknown>, props: Seen["props"], names: Names): string | Unknown {
  const { datastoreClusterId: cluster } = props;
  if (typeof cluster === "string" && cluster !== "") return cluster;
  const own = ![undefined, null, "", "<computed>"].includes(disk.datastoreId as string);
  return names.datastore(own ? disk.datastoreId : props.datastoreId);
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
