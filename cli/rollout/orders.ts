import { Command } from "commander";
import type { ServiceOptions, StartOptions } from "./control";
import { count } from "./options";

type Control = typeof import("./control");

/** The commands that are given to what carries rollouts out. */
export function orderCommands(): Command[] {
  return [
    atService(
      "start",
      "<plan>",
      "start the rollout of a signed plan; of one that was started already nothing is changed",
    )
      .requiredOption("--key <file>", "the public half of the key that signed it (or the key itself), in PEM")
      .option(
        "--queue-by <label>",
        "sites with one value of this label have workers of their own: groundwork fleet work --of",
      )
      .action((plan: string, options: StartOptions) => told(({ start }) => start(plan, options))),
    atService("status", "[rollout]", "tell how far a rollout is, what it waits for, and what it needs of a person")
      .option("--json", "print one JSON object, with everything that happened")
      .action((id: string | undefined, options: ServiceOptions) => told(({ status }) => status(id, options))),
    atService("pause", "[rollout]", "begin nothing until it is resumed; what is being changed finishes").action(
      (id: string | undefined, options: ServiceOptions) => told(({ pause }) => pause(id, options)),
    ),
    atService("resume", "[rollout]", "go on with a rollout that was paused").action(
      (id: string | undefined, options: ServiceOptions) => told(({ resume }) => resume(id, options)),
    ),
    atService("abort", "[rollout]", "begin nothing any more; what is being changed finishes").action(
      (id: string | undefined, options: ServiceOptions) => told(({ abort }) => abort(id, options)),
    ),
    atService("approve", "[rollout]", "let a wave begin")
      .option("--wave <n>", "which one (default: the one that waits for it)", count)
      .action((id: string | undefined, options: ServiceOptions & { wave?: number }) =>
        told(({ approve }) => approve(id, options)),
      ),
    atService("retry", "[rollout]", "take up again the sites that failed or took too long")
      .option(
        "--site <name>",
        "only this one; any number of times",
        (text: string, all: string[]) => [...all, text],
        [] as string[],
      )
      .action((id: string | undefined, options: ServiceOptions & { site: string[] }) =>
        told(({ retry }) => retry(id, options)),
      ),
  ];
}

function atService(name: string, argument: string, description: string): Command {
  const command = new Command(name).description(description);
  if (argument === "<plan>") command.argument(argument, "its file, as `groundwork rollout plan` wrote it");
  else command.argument(argument, "its name (default: the one that runs, or ran last)");
  return command
    .option(
      "--address <host:port>",
      "the Temporal service (default: TEMPORAL_ADDRESS, Temporal's own configuration, or this machine)",
    )
    .option("--namespace <name>", "its namespace (default: TEMPORAL_NAMESPACE, or default)")
    .option("--project <folder>", "the folder of Pulumi.yaml", ".");
}

async function told(order: (control: Control) => Promise<string>): Promise<void> {
  process.stdout.write(await order(require("./control") as Control));
}
