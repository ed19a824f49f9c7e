import { UnusableInput } from "../../site/description/unusableInput";
import { type Applied, readApplied } from "../../site/life/applied";
import type { PulumiStack } from "./pulumi";
import { recordsOf } from "./state";

/**
 * What the last complete `up` of a stack left; nothing if there was none.
 *
 * @throws UnusableInput if the state cannot be read
 */
export async function appliedOfStack(stack: PulumiStack): Promise<Applied | undefined> {
  return appliedIn((await recordsOf(stack)).standing, stack.stack);
}

/**
 * What an output says that runs.
 *
 * @throws UnusableInput if this program cannot read it
 */
export function appliedIn(output: unknown, stack: string): Applied | undefined {
  const read = readApplied(output);
  if (!("problem" in read)) return read.applied;
  const { path, fact, fix } = read.problem;
  throw new UnusableInput([{ path: [`--stack ${stack}`, path].filter(Boolean).join(" "), fact, fix }]);
}
