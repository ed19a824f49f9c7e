import { Command } from "commander";
import type { StackOptions } from "../backup/running";
import { age } from "../backup/state";
import { proven, restoreSite } from "./restore";
import { type Source, sourceOf } from "./source";

interface Options extends StackOptions {
  from: string;
  backup?: string;
  identity: string;
  sftpKey?: string;
  knownHosts?: string;
  check?: boolean;
}

/** `groundwork restore`: builds a site again from a backup. */
export function restoreCommand(): Command {
  return new Command("restore")
    .description(
      "build a site again from a backup: an empty stack, its description, and machines of the same or other addresses",
    )
    .requiredOption("--stack <stack>", "the Pulumi stack, which has no site (yet)")
    .option("--config-file <file>", "its configuration (default: stacks/Pulumi.<stack>.yaml)")
    .requiredOption("--from <where>", "a folder with backups, or sftp://user@host:port/path")
    .option("--backup <name>", "which one (default: the newest)")
    .requiredOption("--identity <file>", "the private key of age-keygen that opens it")
    .option("--sftp-key <file>", "the private key for sftp://")
    .option("--known-hosts <file>", "the host key for sftp://")
    .option("--check", "only prove that the backup is whole, can be opened and fits the description; makes nothing")
    .action(async (options: Options) => {
      const started = Date.now();
      const progress = (line: string) => console.log(`${line} (${Math.round((Date.now() - started) / 1000)} s)`);
      const source = sourceOf(options.from, { key: options.sftpKey, knownHosts: options.knownHosts });
      if (options.check) return check(options, source, progress);
      const restored = await restoreSite({ ...options, source, progress });
      restored.close();
      const { backup, finished, times } = restored;
      const since = (from: number | undefined) =>
        from === undefined ? "" : `${Math.round((finished - from) / 1000)} s`;
      console.log(`restored     ${backup.name}
lost         what was written in the ${age((started - Date.parse(backup.manifest.time)) / 1000)} after it was made
took         ${since(started)}${times.machines ? `, ${since(times.machines)} of it after the machines existed` : ""}`);
    });
}

async function check(options: Options, source: Source, progress: (line: string) => void): Promise<void> {
  const { backup, close } = await proven({ ...options, source, progress });
  close();
  const { manifest } = backup;
  console.log(`whole        ${backup.name}: ${manifest.objects} objects at revision ${manifest.revision}
age          ${age((Date.now() - Date.parse(manifest.time)) / 1000)}, of Kubernetes ${manifest.kubernetes}
made         nothing: a restore without --check would go on from here`);
}
