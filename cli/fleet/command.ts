import { Command } from "commander";

export interface RenderOptions {
  check?: boolean;
  project: string;
}

/** `groundwork fleet`: what is done with all sites of a fleet's file. */
export function fleetCommand(): Command {
  return new Command("fleet")
    .description("what a fleet's file, fleet.yaml, makes of its sites")
    .addCommand(renderCommand());
}

function renderCommand(): Command {
  return new Command("render")
    .description("write the stack file of every site of fleet.yaml, and what the pool gave")
    .option("--check", "write nothing, and fail if a file is not what fleet.yaml says")
    .option("--project <folder>", "the folder of Pulumi.yaml and fleet.yaml", ".")
    .addHelpText(
      "after",
      "\nSecrets and other settings in the stack files stay as they are. `groundwork report --base` tells then what the change does to each site\n" +
        "that it touches.\n" +
        "\nExit code: 0 every file is what fleet.yaml says, 1 with --check: one is not, 2 unusable input.",
    )
    .action((options: RenderOptions) => {
      const { render } = require("./render") as typeof import("./render");
      process.exitCode = render(options, (text) => process.stdout.write(text));
    });
}
