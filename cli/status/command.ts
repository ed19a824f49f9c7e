import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { type StackOptions, specOf, stackOf } from "../backup/running";
import { painted } from "../output/paint";
import { lookAt } from "./look";
import { printStatus } from "./print";

interface Options extends StackOptions {
  json?: boolean;
  watch?: boolean;
}

/** Seconds between two looks of `--watch`. */
const PAUSE = 10;

/** `groundwork status`: how a site is, and what needs a person. */
export function statusCommand(): Command {
  return new Command("status")
    .description("tell how a site is: what needs a person first, with the command to run")
    .requiredOption("--stack <stack>", "the Pulumi stack")
    .option("--config-file <file>", "its configuration (default: stacks/Pulumi.<stack>.yaml)")
    .option("--json", "print one JSON object")
    .option("--watch", `look again every ${PAUSE} seconds until it is interrupted`)
    .addHelpText(
      "after",
      "\nIt reads the stack's state, asks the API, machines by SSH (of large sites all but workers) and vCenter (with VSPHERE_USER and\n" +
        "VSPHERE_PASSWORD, or the stack's own), for 3 seconds each; it changes nothing.\n" +
        "What does not answer is told as that, never as well.\n" +
        "Exit code: 0 the site is well, 1 it is not, 2 its state cannot be read.",
    )
    .action(async (options: Options) => {
      const look = await lookAt(stackOf(options), specOf(options));
      for (;;) {
        const status = await look();
        if (options.watch && !options.json && process.stdout.isTTY) process.stdout.write("\u001b[2J\u001b[H");
        process.stdout.write(
          options.json ? `${JSON.stringify(status, null, options.watch ? 0 : 2)}\n` : painted(printStatus(status)),
        );
        process.exitCode = status.well ? 0 : 1;
        if (!options.watch) return;
        await sleep(PAUSE * 1000);
      }
    });
}
