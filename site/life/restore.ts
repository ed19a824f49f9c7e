import type { SiteSpec } from "../description/spec";
import { minorOf, versionOf } from "../description/version";

/** Told to the members of a site that starts from a backup: at birth, so that none starts empty. */
export interface Restore {
  /** The backup's name. */
  backup: string;
  /** Of the snapshot that is brought to the members. */
  sha256: string;
}

/** Where a member finds it, and where the snapshot is put. */
export const RESTORE_FILE = "/var/lib/groundwork/restore";
export const RESTORE_SNAPSHOT = "/var/lib/groundwork/restore.db";

export function restoreText({ backup, sha256 }: Restore): string {
  return `${backup} ${sha256}\n`;
}

/** Reads `GROUNDWORK_RESTORE`, which only `groundwork restore` sets. */
export function readRestore(text: string | undefined): Restore | undefined {
  const match = /^(\S+) ([0-9a-f]{64})\s*$/.exec(text ?? "");
  return match ? { backup: match[1] as string, sha256: match[2] as string } : undefined;
}

/**
 * Why a backup cannot be what a site starts from, if so. API servers read what the version before theirs has written, and nothing
 * that a later one has.
 */
export function unfit(backup: { kubernetes: string; etcd: string }, spec: SiteSpec): string | undefined {
  const [was, is] = [versionOf(backup.kubernetes).minor, versionOf(spec.kubernetes.version).minor];
  if (was === is || was === is - 1) return undefined;
  return (
    `kubernetes.version: the backup is of ${backup.kubernetes} and the site would be ${spec.kubernetes.version}; ` +
    `set it to ${minorOf(backup.kubernetes)}.x, restore, and ${was < is ? "upgrade one minor version at a time" : "leave it there"}`
  );
}
