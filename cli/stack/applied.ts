import { readStanding, type Standing } from "../../site/life/applied";
import { type PulumiStack, pulumi } from "./pulumi";

/** What the last complete `up` of a stack left; nothing if there was none. */
export async function standingOfStack(stack: PulumiStack): Promise<Standing | undefined> {
  const { code, stdout } = await pulumi(stack, ["stack", "output", "standing", "--json"]);
  return code === 0 ? readStanding(JSON.parse(stdout)) : undefined;
}
