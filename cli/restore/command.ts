import { Command } from "commander";
import type { StackOptions } from "../backup/running";
import { age } from "../backup/state";
import { restoreSite } from "./restore";
import { sourceOf } from "./source";

interface Options extends StackOptions {
  from: string;
  backup?: string;
  identity: string;
  sftpKey?: string;
  knownHosts?: string;
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
    .action(async (options: Options) => {
      const started = Date.now();
      const progress = (line: string) => console.log(`${line} (${Math.round((Date.now() - started) / 1000)} s)`);
      const source = sourceOf(options.from, { key: options.sftpKey, knownHosts: options.knownHosts });
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
