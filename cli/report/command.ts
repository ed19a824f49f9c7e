import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError, Option } from "commander";
import { writeWhole } from "../output/file";
import type { ReportOptions } from "./options";

/** `groundwork report`: what a change would do to the sites it touches, for the person who has to say yes. */
export function reportCommand(): Command {
  return new Command("report")
    .description("say what a change would do: safe or not, what is replaced, what is survived before and after")
    .option("--stack <name...>", "of these stacks; else of all that differ from --base, else of all")
    .option(
      "--config-file <file>",
      "the configuration of the one stack of --stack (default: stacks/Pulumi.<stack>.yaml)",
    )
    .option("--base <revision>", "the revision that the change is made from: origin/main")
    .addOption(
      new Option("--format <format>", "what to print").choices(["markdown", "html", "json"]).default("markdown"),
    )
    .option("--output <file>", "write it to a file instead")
    .option("--html <file>", "write the HTML to a file as well")
    .option("--refresh", "ask vCenter first what was changed without Pulumi")
    .option("--project <folder>", "the folder of Pulumi.yaml", ".")
    .option("--policy-pack <folder>", "another policy pack than the project's policies/, or else this package's")
    .option("--policy-pack-config <file>", "its configuration, if not the project's policy-config.json")
    .addOption(
      new Option("--parallel <n>", "previews at the same time")
        .argParser(count)
        .default(Math.max(2, availableParallelism()), "one for each processor, two at least"),
    )
    .option("--cache <folder>", "where previews are kept, to be used again while nothing they depend on changes")
    .option("--no-cache", "preview everything again")
    .addHelpText(
      "after",
      "\nPreviews only: nothing is changed, and no machine is spoken to. It needs the stack's state, its passphrase, and read\n" +
        "access to vCenter (VSPHERE_USER, VSPHERE_PASSWORD).\n" +
        "\nExit code: 0 every change is safe, 1 one is not, 2 one could not be judged or the input is unusable.",
    )
    .action(async (options: ReportOptions) => {
      // Loaded only here: the other commands need neither the Automation API nor the renderers.
      const { report } = require("./run") as typeof import("./run");
      const { text, html, exitCode } = await report(options, (line) => process.stderr.write(line));
      if (options.html) writeWhole(options.html, html());
      if (options.output) writeWhole(options.output, text);
      else process.stdout.write(text);
      process.exitCode = exitCode;
    });
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("give a whole number from 1");
  return value;
}
