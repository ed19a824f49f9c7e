import * as pulumi from "@pulumi/pulumi";
import type { Monitoring } from "../site/description/spec";

/** What signs in where metrics are sent, from the stack's configuration: nothing where nobody does. */
export function remoteWritePassword(
  config: pulumi.Config,
  { remoteWrite }: Monitoring,
): pulumi.Output<string> | undefined {
  if (remoteWrite?.user === undefined) return undefined;
  const value = config.getSecret("remoteWritePassword");
  if (value === undefined)
    throw new pulumi.RunError(
      "addons.monitoring.remoteWrite.user: there is no password to sign in with; run `pulumi config set --secret remoteWritePassword < FILE`",
    );
  return value;
}
