import type { EarlierMachine, MachinePlan, PodRoute } from "./model";

/** What runs, as far as it tells of nodes that have left or leave. */
export interface Leaving {
  machines: readonly Pick<EarlierMachine, "name" | "address" | "podCidr">[];
  left?: readonly PodRoute[];
}

/**
 * The ways to the pods of nodes that are planned no more. A node leaves last, when everything else has been changed: until then its pods
 * are to be reached from those that stay, and from those that are made anew meanwhile. Which ones have left is known to the next plan, too, as
 * it would otherwise change every node again. A range or an address that a node has again is no longer among them.
 */
export function routesLeft(machines: readonly MachinePlan[], standing: Leaving | undefined): PodRoute[] {
  if (standing === undefined) return [];
  const planned = new Set(machines.flatMap(({ name, address, podCidr }) => [name, address, podCidr]));
  const leaving = standing.machines.flatMap(({ name, address, podCidr }): PodRoute[] =>
    planned.has(name) || podCidr === undefined ? [] : [{ podCidr, address }],
  );
  const routes = new Map([...(standing.left ?? []), ...leaving].map((route) => [route.podCidr, route]));
  return [...routes.values()]
    .filter(({ podCidr, address }) => !planned.has(podCidr) && !planned.has(address))
    .sort((a, b) => (a.podCidr < b.podCidr ? -1 : 1));
}
