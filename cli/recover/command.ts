import { Command } from "commander";
import { readDocument, siteIn } from "../input/document";
import { projectIn } from "../report/project";
import { recover, type VcenterPlace } from "./recover";

/** `groundwork recover`: makes a stack ready for the next `up` after one that was killed. */
export function recoverCommand(): Command {
  return new Command("recover")
    .description(
      "after an `up` that was killed: remove its lock and what it left half made, so that the next one goes on",
    )
    .requiredOption("--stack <stack>", "the Pulumi stack")
    .option("--config-file <file>", "its configuration (default: stacks/Pulumi.<stack>.yaml)")
    .action(async (options: { stack: string; configFile?: string }) => {
      const configFile = options.configFile ?? `stacks/Pulumi.${options.stack}.yaml`;
      const site = siteIn(readDocument(configFile)) as { hypervisor?: VcenterPlace } | null;
      const stack = { folder: process.cwd(), stack: options.stack, configFile: options.configFile, env: process.env };
      const done = await recover(stack, projectIn(".").name, site?.hypervisor ?? {});
      console.log(done.length > 0 ? done.join("\n") : "Nothing to recover: the next up can start.");
    });
}
