import { STORES, type Store } from "../description/stores";
import { etcdMinor } from "../description/versions";
import type { MachinePlan, SitePlan } from "../plan/model";
import { shell } from "./shell";

/** Where a control plane keeps snapshots. */
export const SNAPSHOTS = "/var/lib/groundwork/snapshots";

/** What snapshots may take there when etcd is as large as it may become, GiB; one is kept in any case. */
const MOST_GIB = 12;

/** How many snapshots a control plane keeps: three, and fewer of a large store. */
export function snapshotsKept(quotaBytes: number): number {
  return Math.min(3, Math.max(1, Math.floor((MOST_GIB * 2 ** 30) / quotaBytes)));
}

/**
 * The bash program that saves a snapshot of etcd on a control plane and checks it; its argument is the folder. Members that are about
 * to become of a version that does not read the log of 3.5 leave that log behind.
 *
 * @param members the members that are asked: those that run by then, of every store
 */
export function snapshotScript(
  { spec, etcd }: Pick<SitePlan, "spec" | "etcd">,
  members: readonly MachinePlan[],
): string {
  const addresses = (store: Store) => members.filter(({ role }) => role === store).map(({ address }) => address);
  const endpoints = addresses("etcd").map((address) => `https://${address}:2379`);
  const kept = snapshotsKept(etcd.quotaBytes);
  const script = `ENDPOINTS='${endpoints.join(" ")}' KEPT=${kept}\n${shell("snapshot")}`;
  if (etcdMinor(spec.etcd.version).readsOldLog) return script;
  const stores = STORES.map((store) => [store, ...addresses(store)]);
  const lines = stores.filter((line) => line.length > 1).map((line) => line.join(" "));
  return `${script}STORES='${lines.join("\n")}'\n${shell("etcd-log")}`;
}
