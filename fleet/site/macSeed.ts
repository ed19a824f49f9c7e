import type { Problem } from "../../site/description/problem";
import type { SitePlan } from "../../site/plan/model";
import { type Holding, holdingOf } from "./holding";

/** Seeds that are tried: each is another draw among four million, of which a fleet has some thousands. */
const MOST_SEEDS = 100;

/**
 * Plans a site so that no machine has another site's MAC address: with `hypervisor.macSeed`, where its name alone does not do.
 *
 * @param kept the seed that it had before
 * @param planned plans the site with a seed
 */
export function withMacSeed(
  taken: readonly Holding[],
  kept: string | undefined,
  planned: (macSeed: string | undefined) => { plan: SitePlan } | { problems: Problem[] },
): { plan: SitePlan; macSeed?: string } | { problems: Problem[] } {
  const macs = new Set(taken.flatMap((one) => one.macs));
  let macSeed = kept;
  for (let n = 1; ; n++) {
    const result = planned(macSeed);
    if ("problems" in result) return result;
    const { plan } = result;
    if (!holdingOf(plan, "").macs.some((mac) => macs.has(mac)) || n > MOST_SEEDS)
      return { plan, ...(macSeed !== undefined && { macSeed }) };
    macSeed = `${plan.site}/${n + 1}`;
  }
}
