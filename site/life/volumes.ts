import type { Problem } from "../description/problem";
import type { SitePlan } from "../plan/model";
import { hasVolumesDisk } from "../plan/roles";
import { type Applied, isReplaced } from "./applied";

/**
 * Workers that leave, or are made anew, with a disk that claims may have volumes on: nobody else has what lies there. Their departure
 * stops the change as long as a claim does, which is better known before.
 */
export function volumesEnding(plan: SitePlan, applied: Applied): Problem[] {
  const planned = new Map(plan.machines.map((machine) => [machine.name, machine]));
  return applied.machines.filter(hasVolumesDisk).flatMap(({ name }) => {
    const machine = planned.get(name);
    if (machine !== undefined && !isReplaced(plan, machine, applied)) return [];
    const what = machine === undefined ? "it leaves" : "it is made anew";
    return [
      {
        path: `machines.${name}`,
        fact: `${what}, and volumes on its disk end with it: \`up\` stops there as long as a claim has one`,
        fix: "see `kubectl get persistentvolumes`; cordon the worker, move what lies on it to another one, then delete its claims and volumes",
      },
    ];
  });
}
