import type { Backup } from "../description/spec";
import type { BackupFact } from "./model";

/** What a description says of backups: ours are always encrypted. When the last one succeeded is not in it. */
export function backupFact(backup: Pick<Backup, "targets"> | undefined): BackupFact | undefined {
  const [target] = backup?.targets ?? [];
  return target && { encrypted: true, copiedTo: hostOf(target) };
}

function hostOf(target: Backup["targets"][number]): string {
  return target.kind === "sftp" ? target.host : new URL(target.endpoint).hostname;
}
