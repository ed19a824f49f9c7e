import type * as pulumi from "@pulumi/pulumi";
import type { QualifiedDisk } from "../site/life/qualifiedDisk";
import type { MachinePlan } from "../site/plan/model";

/** A machine as the site's outputs show it. */
export interface MachineRecord {
  name: string;
  role: string;
  host: string;
  address: string;
}

/** An etcd member, where its data ends up (L3), and what its disk was measured at (O6). */
export interface MemberRecord extends MachineRecord {
  datastore: string;
  device: string;
  /** Left out where it was not measured. */
  disk?: QualifiedDisk;
}

/** The same while it is made: the disk is measured last. */
export type MadeMember = Omit<MemberRecord, "disk"> & { disk?: pulumi.Output<QualifiedDisk | undefined> };

export function machineRecord({ name, role, host, address }: MachinePlan): MachineRecord {
  return { name, role, host, address };
}

/** The data disk decides; a machine without one keeps its data on its only disk. */
export function memberRecord(
  machine: MachinePlan,
  measured: pulumi.Output<QualifiedDisk | undefined> | undefined,
): MadeMember {
  const disk = machine.disks.find(({ name }) => name === "data") ?? machine.disks[0];
  return {
    ...machineRecord(machine),
    datastore: disk?.datastore ?? "",
    device: disk?.device ?? "",
    ...(measured && { disk: measured }),
  };
}
