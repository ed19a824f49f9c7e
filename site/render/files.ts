import { isStore } from "../description/stores";
import type { MachinePlan, SitePlan } from "../plan/model";
import { oncePer } from "../plan/once";
import type { FileSpec } from "./file";
import { commonFiles } from "./files/common";
import { controlPlaneFiles } from "./files/controlPlane";
import { etcdFiles } from "./files/etcd";
import { loadBalancerFiles } from "./files/loadBalancer";
import { nodeFiles } from "./files/node";

const rendered = oncePer((plan: SitePlan) => oncePer((machine: MachinePlan) => sortedFiles(plan, machine)));

/** Every file of a machine, sorted by path. Keys are for their reader alone (S4). */
export function machineFiles(plan: SitePlan, machine: MachinePlan): readonly FileSpec[] {
  return rendered(plan)(machine);
}

function sortedFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  const files = [...commonFiles(plan, machine), ...roleFiles(plan, machine)];
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function roleFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  const { role } = machine;
  if (isStore(role)) return etcdFiles(plan, machine, role);
  switch (role) {
    case "load-balancer":
      return loadBalancerFiles(plan, machine);
    case "control-plane":
      return [...nodeFiles(plan, machine), ...controlPlaneFiles(plan, machine)];
    case "worker":
      return nodeFiles(plan, machine);
    default:
      return role satisfies never;
  }
}
