import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SiteSpec } from "../../site/description/spec";
import { targetName } from "../../site/render/backup";
import { type Source, sourceOf } from "../restore/source";
import { type PulumiStack, pulumiOrThrow } from "../stack/pulumi";

export interface FromOptions {
  from?: string;
  sftpKey?: string;
  knownHosts?: string;
}

/** Where the backups are: where it is said, else the first target by SFTP, with the stack's own login. */
export async function backupsOf(
  spec: SiteSpec,
  stack: PulumiStack,
  { from, sftpKey, knownHosts }: FromOptions,
  folder: string,
): Promise<Source> {
  if (from !== undefined) return sourceOf(from, { key: sftpKey, knownHosts });
  const target = spec.backup?.targets.find(({ kind }) => kind === "sftp");
  if (target?.kind !== "sftp")
    throw new Error(
      "--from: the description has no target by SFTP; name a folder with a copy of the backups (`npx groundwork runbook` prints how to fetch it)",
    );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [key, hosts] = [join(folder, "backup-key"), join(folder, "backup-hosts")];
  writeFileSync(key, `${(await pulumiOrThrow(stack, ["config", "get", "backupSftpKey"])).trim()}\n`, { mode: 0o600 });
  const name = target.port === 22 ? target.host : `[${target.host}]:${target.port}`;
  writeFileSync(hosts, `${name} ${target.hostKey}\n`);
  return sourceOf(targetName(target), { key, knownHosts: hosts });
}
