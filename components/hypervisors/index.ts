import type { Hypervisor, HypervisorKind, HypervisorOf } from "../../site/description/hypervisors";
import type { HypervisorContract } from "./contract";
import { type ExistingAccess, existing } from "./existing/existing";
import { type VsphereAccess, type VsphereTransforms, vsphere } from "./vsphere/vsphere";

/** What hypervisors need to be let in; each reads its own. */
export type Access = Partial<VsphereAccess & ExistingAccess>;

/** The ways round what hypervisors decide. */
export type MachineTransforms = VsphereTransforms;

const hypervisors: { [K in HypervisorKind]: HypervisorContract<HypervisorOf<K>, Access, MachineTransforms> } = {
  vsphere,
  existing,
};

/** What makes the machines of a site. */
export function hypervisorOf({ kind }: Hypervisor): HypervisorContract<Hypervisor, Access, MachineTransforms> {
  return hypervisors[kind];
}
