import * as pulumi from "@pulumi/pulumi";
import { repositoryOf } from "../site/description/flux";
import type { Gitops } from "../site/description/spec";

/** What signs in at the repository, from the stack's configuration: nothing where it is open to all. */
export function gitopsSecret(config: pulumi.Config, gitops: Gitops): pulumi.Output<string> | undefined {
  const isSsh = repositoryOf(gitops).scheme === "ssh";
  if (!isSsh && gitops.flux.user === undefined) return undefined;
  const [name, what] = isSsh ? ["gitopsSshKey", "key"] : ["gitopsToken", "token"];
  const value = config.getSecret(name);
  if (value === undefined)
    throw new pulumi.RunError(
      `gitops.flux.url: the repository has no ${what} to sign in with; run \`pulumi config set --secret ${name} < FILE\``,
    );
  return value;
}
