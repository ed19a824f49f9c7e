import type { Role } from "../description/spec";

/** The machines that have one of the roles, of a plan or of the facts about a site; in their order. */
export function machinesOf<M extends { role: Role }>({ machines }: { machines: readonly M[] }, ...roles: Role[]): M[] {
  return machines.filter(({ role }) => roles.includes(role));
}

/** Control planes and workers: the machines that run a kubelet. */
export function nodesOf<M extends { role: Role }>(site: { machines: readonly M[] }): M[] {
  return machinesOf(site, "control-plane", "worker");
}
