import { STORES } from "../description/stores";
import { etcdMinor } from "../description/versions";
import type { SitePlan } from "../plan/model";
import { machinesOf } from "../plan/roles";
import { etcdEndpoints } from "./etcd";
import { shell } from "./shell";

/** Where a control plane keeps snapshots. */
export const SNAPSHOTS = "/var/lib/groundwork/snapshots";

/**
 * The bash program that saves a snapshot of etcd on a control plane and checks it; its argument is the folder. Members that are about
 * to become of a version that does not read the log of 3.5 leave that log behind.
 */
export function snapshotScript(plan: SitePlan): string {
  const script = `ENDPOINTS='${etcdEndpoints(plan, "etcd").join(" ")}'\n${shell("snapshot")}`;
  if (etcdMinor(plan.spec.etcd.version).readsOldLog) return script;
  const stores = STORES.map((store) => [store, ...machinesOf(plan, store).map(({ address }) => address)]);
  const lines = stores.filter((line) => line.length > 1).map((line) => line.join(" "));
  return `${script}STORES='${lines.join("\n")}'\n${shell("etcd-log")}`;
}
