import type { Role, WorkerPool } from "../description/spec";
import type { MachinePlan, SitePlan } from "./model";

/** The machines that have one of the roles, of a plan or of the facts about a site; in their order. */
export function machinesOf<M extends { role: Role }>({ machines }: { machines: readonly M[] }, ...roles: Role[]): M[] {
  return machines.filter(({ role }) => roles.includes(role));
}

/** Control planes and workers: the machines that run a kubelet. */
export function nodesOf<M extends { role: Role }>(site: { machines: readonly M[] }): M[] {
  return machinesOf(site, "control-plane", "worker");
}

/** The pool that a worker belongs to, as it is described. */
export function poolOf({ spec }: SitePlan, { role, pool }: MachinePlan): WorkerPool | undefined {
  return role === "worker" ? spec.workers.find(({ name }) => name === pool) : undefined;
}

/** Whether claims may have volumes on a machine's own disk: a worker's that is described with one. */
export function hasVolumesDisk({ role, disks }: { role: string; disks: readonly { name: string }[] }): boolean {
  return role === "worker" && disks.some(({ name }) => name === "data");
}
