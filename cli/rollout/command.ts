import { availableParallelism } from "node:os";
import { Command, Option } from "commander";
import { count, type RolloutPlanOptions } from "./options";
import { orderCommands } from "./orders";

/** `groundwork rollout`: a change of many sites, in waves. */
export function rolloutCommand(): Command {
  const command = new Command("rollout")
    .description("change many sites in waves, each judged before")
    .addCommand(planCommand());
  for (const one of orderCommands()) command.addCommand(one);
  return command;
}

function planCommand(): Command {
  return new Command("plan")
    .description(
      "judge what the change does to every site, and write the signed plan of a rollout: sites, waves, digests",
    )
    .option(
      "--policy <file>",
      "how it goes, as YAML (default: one canary, then a tenth, then the others, one site at a time)",
    )
    .option(
      "--sites <label=value>",
      "only sites with this label of fleet.yaml; any number of times, all have to fit",
      (text: string, all: string[]) => [...all, text],
      [],
    )
    .option("--key <file>", "your Ed25519 private key in PEM, which signs the plan")
    .option("--output <file>", "where the plan is written", "rollout-plan.json")
    .option("--dry-run", "write nothing; print when each site would be changed if all went well")
    .option("--with-unjudged", "take in sites that cannot be judged, because nobody has their state here")
    .option("--project <folder>", "the folder of Pulumi.yaml", ".")
    .addOption(
      new Option("--parallel <n>", "previews at the same time")
        .argParser(count)
        .default(Math.max(2, availableParallelism()), "one for each processor, two at least"),
    )
    .addHelpText(
      "after",
      "\nPreviews only: nothing is changed. It needs what `groundwork report` needs. Sites that are unsafe are left out, and told.\n" +
        "\nExit code: 0 every site is in the plan, 1 some are left out, 2 unusable input.",
    )
    .action(async (options: RolloutPlanOptions) => {
      const { writeRolloutPlan } = require("./plan") as typeof import("./plan");
      process.exitCode = await writeRolloutPlan(
        options,
        (text) => process.stdout.write(text),
        (text) => process.stderr.write(text),
      );
    });
}
