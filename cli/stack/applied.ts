import { type Applied, readApplied } from "../../site/life/applied";
import { type PulumiStack, pulumi } from "./pulumi";

/** What the last complete `up` of a stack left; nothing if there was none. */
export async function appliedOfStack(stack: PulumiStack): Promise<Applied | undefined> {
  const { code, stdout } = await pulumi(stack, ["stack", "output", "standing", "--json"]);
  return code === 0 ? readApplied(JSON.parse(stdout)) : undefined;
}
