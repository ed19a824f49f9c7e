import * as pulumi from "@pulumi/pulumi";
import { readStanding, type Standing } from "../site/standing";

/** What the last complete `up` of this stack left: the stack reads its own output `standing`. Nothing before the first one. */
export async function standing(): Promise<Standing | undefined> {
  const own = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const { value } = await new pulumi.StackReference(own).getOutputDetails("standing");
  return readStanding(value);
}
