import * as pulumi from "@pulumi/pulumi";
import type { BackupSecrets } from "../components/Backup";
import { formatProblem } from "../site/description/problem";
import type { Backup } from "../site/description/spec";
import { readSealed, type Sealed } from "../site/life/sealed";
import { ownOutputs } from "./ownOutputs";

/** How members sign in to the targets, from the stack's configuration. */
export function backupSecrets(config: pulumi.Config, backup: Backup): BackupSecrets {
  const need = (kind: "sftp" | "s3", name: string) => {
    const value = config.getSecret(name);
    if (value === undefined && backup.targets.some((target) => target.kind === kind))
      throw new pulumi.RunError(
        `backup.targets: the ${kind} target has no key to sign in with; run \`pulumi config set --secret ${name} < FILE\``,
      );
    return value;
  };
  return {
    sftpKey: need("sftp", "backupSftpKey"),
    s3AccessKey: need("s3", "backupS3AccessKey"),
    s3SecretKey: need("s3", "backupS3SecretKey"),
  };
}

/** What the last `up` sealed. Nothing before the first one. */
export async function lastSealed(): Promise<Sealed | undefined> {
  const read = readSealed((await ownOutputs()).sealed);
  if ("problem" in read) throw new pulumi.RunError(`${pulumi.getStack()}: ${formatProblem(read.problem)}`);
  return read.sealed;
}
