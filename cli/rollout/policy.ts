import { readPolicy } from "../../fleet/rollout/read";
import type { RolloutPolicy } from "../../fleet/rollout/schema";
import { UnusableInput } from "../../site/description/unusableInput";
import { readDocument } from "../input/document";

/**
 * How a rollout goes, by its owner's file; by the defaults without one.
 *
 * @throws UnusableInput with every problem of the file
 */
export function policyIn(file: string | undefined): RolloutPolicy {
  const read = readPolicy(file === undefined ? {} : readDocument(file));
  if ("policy" in read) return read.policy;
  throw new UnusableInput(read.problems.map((problem) => ({ ...problem, path: `${file} ${problem.path}` })));
}
