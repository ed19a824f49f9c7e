import type { SitePlan } from "../plan/model";
import { etcdEndpoints } from "./etcd";
import { shell } from "./shell";

/** Where a control plane keeps snapshots. */
export const SNAPSHOTS = "/var/lib/groundwork/snapshots";

/** The bash program that saves a snapshot of etcd on a control plane and checks it; its argument is the folder. */
export function snapshotScript(plan: SitePlan): string {
  return `ENDPOINTS='${etcdEndpoints(plan, "etcd").join(" ")}'\n${shell("snapshot")}`;
}
