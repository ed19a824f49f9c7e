import { Command } from "commander";
import type { StackOptions } from "../backup/running";
import { age } from "../backup/state";
import type { FromOptions } from "./backups";

interface Options extends StackOptions, FromOptions {
  machines?: string;
  apiVip?: string;
  identity?: string;
  backup?: string;
  record?: string;
  clean?: boolean;
}

/** `groundwork drill`: proves that a site can be built again from its newest backup. */
export function drillCommand(): Command {
  return new Command("drill")
    .description("restore a site's newest backup beside it, compare both, take it away again, and sign what it came to")
    .requiredOption("--stack <stack>", "the Pulumi stack of the living site, which is only read")
    .option("--config-file <file>", "its configuration (default: stacks/Pulumi.<stack>.yaml)")
    .option("--machines <range>", "addresses for the drill's machines, which nobody has: 10.0.42.110-10.0.42.149")
    .option("--api-vip <address>", "one more, for its API")
    .option("--identity <file>", "the private key of age-keygen that opens the backup")
    .option("--from <where>", "where the backups are (default: the description's first target by SFTP)")
    .option("--sftp-key <file>", "the private key for sftp://")
    .option("--known-hosts <file>", "the host key for sftp://")
    .option("--backup <name>", "which one (default: the newest)")
    .option("--record <file>", "where what it came to is written (default: drills/<stack>.json)")
    .option("--clean", "only take away what a drill left that was killed")
    .addHelpText(
      "after",
      "\nIts machines are those of the living site without the workers, on what the hosts have left, in the stack <stack>-drill. Nothing of " +
        "them\nis left when it ends, however it ends; after a kill run it again, or with --clean. Commit the record: the policy restore-drilled reads it.",
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const started = Date.now();
  const progress = (line: string) => console.log(`${line} (${Math.round((Date.now() - started) / 1000)} s)`);
  // Loaded only here: other commands need nothing of it.
  const { cleanDrill, drill } = require("./drill") as typeof import("./drill");
  if (options.clean) return cleanDrill({ ...options, progress });
  const { machines, apiVip, identity } = options;
  for (const [flag, value] of Object.entries({ "--machines": machines, "--api-vip": apiVip, "--identity": identity }))
    if (!value) throw new Error(`${flag}: it is not given; see \`groundwork drill --help\``);
  const file = options.record ?? `drills/${options.stack}.json`;
  // Pulumi, in the same terminal, is interrupted as well: what it made is taken away before this ends.
  const interrupted = () => progress("interrupted: taking everything away");
  process.on("SIGINT", interrupted);
  const record = await drill({
    ...options,
    place: { machines: machines ?? "", apiVip: apiVip ?? "" },
    identity: identity ?? "",
    record: file,
    progress,
  });
  console.log(`record       ${file}, signed in ${file}.sig; commit both`);
  if (!record.passed) throw new Error(`drill: it failed: ${record.problem}; mend that and drill again`);
  console.log(`restored     ${record.backup?.name}: ${record.objects?.same} objects the same, ${record.objects?.rewritten} rewritten
RPO          ${age(record.rpoSeconds ?? 0)}: what was written after the backup would have been lost
RTO          ${record.rtoSeconds} s, ${record.afterMachinesSeconds} s of it after the machines existed`);
}
