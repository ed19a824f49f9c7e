import type { Problem } from "../problem";
import { ROTATED, type Rotated } from "../rotation";
import type { SiteSpec } from "../spec";
import { MOST_SUCCESSORS, succession } from "../succession";

/** Lifetimes that contradict each other, and rotations of what there is not. */
export function consistentPki({ pki, etcd }: SiteSpec): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, fact: string, fix: string) => problems.push({ path: `pki.${path}`, fact, fix });
  if (pki.earlyRenewalHours > pki.certificateHours)
    add(
      "earlyRenewalHours",
      `${pki.earlyRenewalHours} is more than certificates last (${pki.certificateHours})`,
      `use at most ${pki.certificateHours}`,
    );
  const { length } = succession(pki).validityHours;
  if (length > MOST_SUCCESSORS)
    add(
      "aloneMonths",
      `${pki.aloneMonths} months need ${length} generations of certificates of ${pki.certificateHours} h, and ${MOST_SUCCESSORS} are kept at most`,
      "use fewer months, or certificates that last longer",
    );
  for (const id of Object.keys(ROTATED) as Rotated[]) {
    const { generation, phase } = pki.rotation[id];
    if (generation === 1 && phase !== "drop")
      add(
        `rotation.${id}.phase`,
        `${phase} is a step from one generation to the next, and 1 is the first`,
        "use generation 2, or leave the phase out",
      );
  }
  if (pki.rotation.networkStore.generation > 1 && !etcd.networkStore)
    add("rotation.networkStore", "the site has no store for a network add-on", "remove it");
  return problems;
}
