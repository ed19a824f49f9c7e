import type { MachinePlan, SitePlan } from "../../plan/model";
import { clockFiles } from "../chrony";
import type { FileSpec } from "../file";
import { file } from "../file";
import { kernelSettings } from "../kernel";
import { logFiles } from "../logs";
import { machineMetricsFiles } from "../monitoring/metrics";
import { successorFiles } from "../successors";
import { logSenderFiles } from "./logSender";

/** What every machine has. */
export function commonFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  return [
    file("/etc/sysctl.d/90-groundwork.conf", kernelSettings(machine.role, plan.spec.kubernetes.podNetwork), ["kernel"]),
    ...clockFiles(plan, machine),
    ...logFiles(plan, machine),
    ...(plan.spec.addons.monitoring ? machineMetricsFiles(plan, machine) : []),
    ...logSenderFiles(plan, machine),
    ...successorFiles(plan, machine),
  ];
}
