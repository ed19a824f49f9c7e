import { formatProblem } from "../../site/description/problem";
import { type Applied, readApplied } from "../../site/life/applied";
import { type PulumiStack, pulumi } from "./pulumi";

/** What the last complete `up` of a stack left; nothing if there was none. */
export async function appliedOfStack(stack: PulumiStack): Promise<Applied | undefined> {
  const { code, stdout } = await pulumi(stack, ["stack", "output", "standing", "--json"]);
  return code === 0 ? appliedIn(JSON.parse(stdout), stack.stack) : undefined;
}

/**
 * What an output says that runs.
 *
 * @throws Error if this program cannot read it
 */
export function appliedIn(output: unknown, stack: string): Applied | undefined {
  const read = readApplied(output);
  if ("problem" in read) throw new Error(`${stack}: ${formatProblem(read.problem)}`);
  return read.applied;
}
