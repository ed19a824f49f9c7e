import { readSite } from "../../site/description/parse";
import type { Problem } from "../../site/description/problem";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import type { Description } from "./description";
import { type Holding, holdingOf } from "./holding";

/** Seeds that are tried: each is another draw among four million, of which a fleet has some thousands. */
const MOST_SEEDS = 100;

/**
 * Plans a site so that no machine has another site's MAC address: with `hypervisor.macSeed`, where its name alone does not do.
 *
 * @param kept the seed that it had before
 */
export function withMacSeed(
  description: Description,
  taken: readonly Holding[],
  kept?: string,
): { plan: SitePlan; macSeed?: string } | { problems: Problem[] } {
  const at = ["hypervisor", "macSeed"];
  if (description.get(at) !== undefined) description.delete(at);
  if (kept !== undefined) description.set(at, kept);
  const macs = new Set(taken.flatMap((one) => one.macs));
  for (let n = 1; ; n++) {
    const read = readSite(description.toJS());
    if ("problems" in read) return read;
    const plan = planSite(read.spec);
    const { hypervisor } = plan.spec;
    const macSeed = hypervisor.kind === "vsphere" ? hypervisor.macSeed : undefined;
    if (!holdingOf(plan, "").macs.some((mac) => macs.has(mac)) || n > MOST_SEEDS)
      return { plan, ...(macSeed !== undefined && { macSeed }) };
    description.set(at, `${plan.site}/${n + 1}`);
  }
}
