import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { vcenterOf } from "../../site/description/hypervisors";
import { formatProblem } from "../../site/description/problem";
import { unfit } from "../../site/life/restore";
import { type StackOptions, specOf, stackOf, userOf } from "../backup/running";
import { privateFolder } from "../process/privateFolder";
import { recover } from "../recover/recover";
import { ensureStack, PROJECT } from "../stack/emptyStack";
import { failureOf, type PulumiStack, pulumi, pulumiOrThrow } from "../stack/pulumi";
import { type OpenBackup, openBackup } from "./backup";
import { bringSnapshot, type Times } from "./bring";
import type { Source } from "./source";
import { importKeys } from "./state";

export interface RestoreOptions extends StackOptions {
  source: Source;
  /** The backup's name; the newest without one. */
  backup?: string;
  /** The file of age-keygen that opens it. */
  identity: string;
  progress: (line: string) => void;
}

export interface Restored {
  backup: OpenBackup;
  /** When it was begun and done, in milliseconds since the epoch, and what lay between. */
  started: number;
  finished: number;
  times: Times;
  /** Removes the opened backup. */
  close(): void;
}

/**
 * Builds a site again from a backup: the keys go into the stack, `up` makes the machines, the snapshot is brought to the members of etcd
 * before they start. Interrupted anywhere, it is run again.
 *
 * @throws Error as `path: fact; fix`
 */
export async function restoreSite(options: RestoreOptions): Promise<Restored> {
  const { progress } = options;
  const started = Date.now();
  const spec = specOf(options);
  const stack = stackOf(options);
  const { backup, folder, close } = await proven(options);
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  try {
    await ensureStack(stack);
    for (const line of await recover(stack, PROJECT, vcenterOf(spec.hypervisor) ?? {})) progress(line);
    const imported = await importKeys(stack, backup.sealed, spec.name, write);
    progress(
      imported === "imported" ? "the stack has the backup's keys" : "the stack has the backup's keys already: going on",
    );
    const restore = { backup: backup.name, sha256: backup.manifest.snapshotSha256 };
    let ended = false;
    const environment = {
      ...stack.env,
      GROUNDWORK_RESTORE: `${restore.backup} ${restore.sha256}`,
      // Objects that the snapshot brought back belong to the stack that is gone.
      PULUMI_K8S_ENABLE_PATCH_FORCE: "true",
    };
    let resources = 0;
    const up = pulumi({ ...stack, env: environment }, ["up", "--yes", "--skip-preview", "--parallel", "64"], (line) => {
      if (/VirtualMachine \S+ created/.test(line)) times.machines = Date.now();
      if (/^ [+~-]+ .* (created|updated|replaced)/.test(line) && ++resources % 25 === 0)
        progress(`${resources} resources done`);
    }).finally(() => {
      ended = true;
    });
    const times: Times = {};
    const bringing = bringSnapshot({
      stack,
      restore,
      snapshot: backup.snapshot,
      privateKey: await loginKey(stack, backup, spec.name),
      user: userOf(spec),
      ended: () => ended,
      progress,
    });
    const [result, brought] = await Promise.all([up, bringing]);
    if (result.code !== 0) throw failureOf(stack, "up", result, "run the same command again");
    return { backup, started, finished: Date.now(), times: { ...times, ...brought }, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A backup that was opened in a folder of its own. */
export interface Proven {
  backup: OpenBackup;
  folder: string;
  /** Removes the opened backup. */
  close(): void;
}

/**
 * Proves that a backup is whole, can be opened and fits the description, before anything is made.
 *
 * @throws Error as `path: fact; fix`
 */
export async function proven(options: RestoreOptions): Promise<Proven> {
  const spec = specOf(options);
  const { path: folder, close } = privateFolder();
  try {
    const backup = await openBackup(options.source, options.backup, options.identity, folder, options.progress);
    const problems = unfit({ ...backup.manifest, spec: backup.sealed.spec }, spec);
    if (problems.length > 0) throw new Error(problems.map(formatProblem).join("\n"));
    return { backup, folder, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The login that the restored site goes on with; on servers that exist it is their owner's. */
async function loginKey(stack: PulumiStack, { sealed }: OpenBackup, site: string): Promise<string> {
  const key = sealed.kept.find(({ name }) => name === `${sealed.site}-ssh-access` || name === `${site}-ssh-access`);
  if (typeof key?.outputs.privateKeyOpenssh === "string") return key.outputs.privateKeyOpenssh;
  return (await pulumiOrThrow(stack, ["config", "get", "sshPrivateKey"])).trim();
}
