import type { VcenterOptions } from "../discover/vcenter";

export interface NewSiteOptions extends Omit<VcenterOptions, "cluster" | "datacenter"> {
  from: string;
  hosts?: string;
  discover?: boolean;
  network?: string;
  set: string[];
  count?: number;
  csv?: string;
  pool?: string;
  project: string;
}
