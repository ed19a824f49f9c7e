import * as pulumi from "@pulumi/pulumi";

/**
 * What the last complete `up` of this stack left as its outputs; nothing before the first one. By a call and not by a
 * `StackReference`, which is a resource: the state would hold every output twice, and each refresh find it changed.
 */
export async function ownOutputs(): Promise<Readonly<Record<string, unknown>>> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  return outputs ?? {};
}
