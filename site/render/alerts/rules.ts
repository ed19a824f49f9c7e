import type { SitePlan } from "../../plan/model";
import { yaml } from "../yaml";
import type { AlertGroup } from "./alert";
import { clusterAlerts } from "./cluster";
import { etcdAlerts } from "./etcd";
import { backupAlerts, machineAlerts } from "./machines";
import { sendingAlerts } from "./sending";

/** Every alert of a site: what its plan promises, turned into what must not be (O1). */
export function alertsOf(plan: SitePlan): AlertGroup[] {
  return [etcdAlerts(plan), clusterAlerts(plan), machineAlerts(plan), ...backupAlerts(plan), ...sendingAlerts(plan)];
}

/** The same as vmalert reads it. */
export function alertRules(plan: SitePlan): string {
  return yaml({ groups: alertsOf(plan) });
}
