import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { parseDocument } from "yaml";
import { BackupTarget } from "../../lab/backupTarget";
import { upArguments } from "../../lab/up";
import type { SiteInput } from "../../site/description/spec";
import { attempt, type Ended, type RunningSite } from "../support/lab/site";

/** Changes the running site's description in the lab's own stack file. */
export function describeSite(site: RunningSite, changes: Record<string, unknown>): void {
  const file = site.stack.configFile ?? "";
  const document = parseDocument(readFileSync(file, "utf8"));
  for (const [path, value] of Object.entries(changes))
    document.setIn(["config", "groundwork:site", ...path.split(".")], value);
  writeFileSync(file, document.toString({ lineWidth: 0 }), { mode: 0o600 });
}

/** Keeps a secret of the stack's configuration, as its owner does. */
export async function keepSecret(site: RunningSite, name: string, value: string): Promise<void> {
  const args = ["config", "set", "--secret", name, "--stack", site.lab, "--config-file", site.stack.configFile ?? ""];
  await site.run("pulumi", args, { input: value });
}

export async function up(site: RunningSite): Promise<void> {
  const { code, stdout, stderr } = await site.pulumi(...upArguments);
  expect(code, stdout + stderr).toBe(0);
}

/** The command that people run, on the lab's stack. */
export function groundwork(site: RunningSite, command: string, ...args: string[]): Promise<Ended> {
  const stack = ["--stack", site.lab, "--config-file", site.stack.configFile ?? ""];
  return attempt("node", ["cli/groundwork.cjs", command, ...stack, ...args], { env: site.environment, seconds: 600 });
}

/** A site that has backups, where they go, and who can read them. */
export interface BackedUp {
  target: BackupTarget;
  /** The file of age-keygen that opens them. */
  identity: string;
  /** For `groundwork restore`: from the target, by SFTP. */
  from: string[];
}

/** Gives the lab's site backups at both kinds of targets, kept as many as are told; again and again. */
export async function backedUp(site: RunningSite, last = 100): Promise<BackedUp> {
  const target = await BackupTarget.start(site.lab);
  const identity = join(site.paths.folder, "backup-identity");
  if (!existsSync(identity)) writeFileSync(identity, `${await newIdentity()}\n`, { mode: 0o600 });
  const { identityToRecipient } = await import("age-encryption");
  const recipient = await identityToRecipient(readFileSync(identity, "utf8").trim());
  await keepSecret(site, "backupSftpKey", target.privateKey);
  await keepSecret(site, "backupS3AccessKey", target.s3.accessKey);
  await keepSecret(site, "backupS3SecretKey", target.s3.secretKey);
  const backup: SiteInput["backup"] = {
    // Never in a test, which says itself when.
    schedule: "monthly",
    recipients: [recipient],
    targets: target.described,
    retention: { last, days: 0 },
    maximumAgeHours: 24,
  };
  describeSite(site, { backup });
  await up(site);
  return { target, identity, from: fromSftp(site, target) };
}

export async function newIdentity(): Promise<string> {
  const { generateX25519Identity } = await import("age-encryption");
  return generateX25519Identity();
}

function fromSftp(site: RunningSite, target: BackupTarget): string[] {
  const [sftp] = target.described;
  if (sftp.kind !== "sftp") throw new Error("the first target is the one for SFTP");
  const [key, hosts] = [join(site.paths.folder, "backup-key"), join(site.paths.folder, "backup-hosts")];
  writeFileSync(key, `${target.privateKey}\n`, { mode: 0o600 });
  writeFileSync(hosts, `${sftp.host} ${sftp.hostKey}\n`);
  return ["--from", `sftp://${sftp.user}@${sftp.host}:22/.`, "--sftp-key", key, "--known-hosts", hosts];
}
