import type { MachinePlan } from "../site/plan/model";

/** A machine as the site's outputs show it. */
export interface MachineRecord {
  name: string;
  role: string;
  host: string;
  address: string;
}

/** An etcd member and where its data ends up (L3). */
export interface MemberRecord extends MachineRecord {
  datastore: string;
  device: string;
}

export function machineRecord({ name, role, host, address }: MachinePlan): MachineRecord {
  return { name, role, host, address };
}

/** The data disk decides; a machine without one keeps its data on its only disk. */
export function memberRecord(machine: MachinePlan): MemberRecord {
  const disk = machine.disks.find(({ name }) => name === "data") ?? machine.disks[0];
  return { ...machineRecord(machine), datastore: disk?.datastore ?? "", device: disk?.device ?? "" };
}
