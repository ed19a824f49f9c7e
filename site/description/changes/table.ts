import { clusterMeanings } from "./cluster";
import { hardwareMeanings } from "./hardware";
import type { Meaning, Meanings } from "./meaning";
import { loadBalancerMeanings, networkMeanings } from "./network";
import { operationMeanings } from "./operation";
import { registryMeanings } from "./registry";

/**
 * What a change of every setting means for a site that runs. This table is all that knows it: the program, `plan --against`, the report
 * and docs/changes.md read it, and a test compares it with the schema.
 */
export const CHANGES: Meanings = {
  ...operationMeanings,
  ...hardwareMeanings,
  ...networkMeanings,
  ...loadBalancerMeanings,
  ...registryMeanings,
  ...clusterMeanings,
};

/** Of one setting. */
export function meaningOf(setting: string): Meaning {
  const meaning = CHANGES[setting];
  if (meaning === undefined) throw new Error(`site/description/changes: ${setting} is not in the table; add it`);
  return meaning;
}
