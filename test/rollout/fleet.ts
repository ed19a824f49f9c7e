import { generateKeyPairSync } from "node:crypto";
import { type Candidate, planRollout } from "../../fleet/rollout/plan";
import { readPolicy } from "../../fleet/rollout/read";
import type { SignedPlan } from "../../fleet/rollout/schema";
import { signPlan } from "../../fleet/rollout/signature";
import { formatProblem } from "../../site/description/problem";

const digests = Object.fromEntries(
  ["program", "description", "images", "versions"].map((key) => [key, "0".repeat(64)]),
) as Candidate["digests"];

const TOWNS = ["fulda", "kassel", "marburg"];

export const { publicKey, privateKey } = generateKeyPairSync("ed25519");

/**
 * A signed plan of sites s-0, s-1, …, every third one of one town.
 *
 * @param maintenance when a site may be changed, by its number
 */
export function signedPlan(
  count: number,
  policy: object,
  maintenance: (i: number) => Candidate["maintenance"] = () => ({}),
): SignedPlan {
  const sites = Array.from({ length: count }, (_, i) => ({
    name: `s-${i}`,
    labels: { town: TOWNS[i % TOWNS.length] as string },
    maintenance: maintenance(i),
    digests,
    machines: 3,
    verdict: { is: "safe" as const, reasons: [] },
  }));
  const read = readPolicy({ soakMinutes: 0, ...policy });
  const planned = "problems" in read ? read : planRollout(sites, read.policy, Date.now());
  if ("problems" in planned) throw new Error(planned.problems.map(formatProblem).join("\n"));
  const made = signPlan(planned.plan, privateKey.export({ type: "pkcs8", format: "pem" }) as string);
  if ("problem" in made) throw new Error(formatProblem(made.problem));
  return made.signed;
}
