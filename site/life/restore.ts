import { KMS_PATH, kmsOf } from "../description/kms";
import type { Problem } from "../description/problem";
import type { SiteSpec } from "../description/spec";
import { minorOf, versionOf } from "../description/version";
import { compareMinors } from "../description/versions";

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
 * Why a backup cannot be what a site starts from. API servers read what the version before theirs has written, and nothing that a
 * later one has; etcd reads every earlier one's snapshots, and a member with a later one's ends as soon as it starts. What a KMS encrypted
 * only it reads.
 *
 * @param backup what the backup says of itself, and the description that was sealed into it
 */
export function unfit(backup: { kubernetes: string; etcd: string; spec?: SiteSpec }, spec: SiteSpec): Problem[] {
  const { kubernetes, etcd } = spec;
  const problems: Problem[] = [];
  const [was, is] = [versionOf(backup.kubernetes).minor, versionOf(kubernetes.version).minor];
  if (was !== is && was !== is - 1)
    problems.push({
      path: "kubernetes.version",
      fact: `the backup is of ${backup.kubernetes} and the site would be ${kubernetes.version}`,
      fix: `set it to ${minorOf(backup.kubernetes)}.x, restore, and ${was < is ? "upgrade one minor version at a time" : "leave it there"}`,
    });
  if (compareMinors(backup.etcd, etcd.version) > 0)
    problems.push({
      path: "etcd.version",
      fact: `the backup is of etcd ${backup.etcd}, and ${etcd.version} would not start with it`,
      fix: `set it to ${minorOf(backup.etcd)}, and hypervisor.template to one that holds it`,
    });
  const kms = backup.spec && kmsOf(backup.spec);
  if (kms?.phase === "write" && kmsOf(spec)?.name !== kms.name)
    problems.push({
      path: KMS_PATH,
      fact: `KMS ${kms.name} encrypted the backup's secrets, and the site would not ask it`,
      fix: "describe it as the backup has it, and have its plugin answer with the same key on each control plane",
    });
  return problems;
}
