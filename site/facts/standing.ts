import type { AppliedMachine } from "../life/applied";
import type { EarlierMachine, SitePlan } from "../plan/model";
import type { Facts } from "./model";
import { factsOfPlan } from "./plan";

type Standing = EarlierMachine & Pick<AppliedMachine, "role"> & Partial<Pick<AppliedMachine, "cpus" | "memoryGiB">>;

/** Facts of the machines that stand: what is described and not made yet is not there, and what is to go still is. */
export function factsOfStanding(plan: SitePlan, machines: readonly Standing[]): Facts {
  return {
    ...factsOfPlan(plan),
    machines: machines.map(({ name, role, host, address, cpus, memoryGiB, disks }) => ({
      ...{ name, role: role as Facts["machines"][number]["role"], host, address, cpus, memoryGiB },
      disks: disks.map(({ name, datastore, device }) => ({
        ...{ name, datastore },
        ...(device !== undefined && { devices: [device] }),
      })),
      path: `machines.${name}`,
    })),
  };
}
