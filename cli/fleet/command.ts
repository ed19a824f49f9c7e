import { Command } from "commander";
import { INSTALL_TEMPORAL } from "../../fleet/rollout/service";
import { count, portOf } from "../rollout/options";
import type { ServeOptions, WorkOptions } from "./serve";
import type { FleetStatusOptions } from "./status";
import type { WatchOptions } from "./watch";

export interface RenderOptions {
  check?: boolean;
  project: string;
}

/** `groundwork fleet`: what is done with all sites of a fleet's file. */
export function fleetCommand(): Command {
  return new Command("fleet")
    .description("what a fleet's file, fleet.yaml, makes of its sites, and what carries its rollouts out")
    .addCommand(renderCommand())
    .addCommand(statusCommand())
    .addCommand(serveCommand())
    .addCommand(workCommand())
    .addCommand(watchCommand());
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

function statusCommand(): Command {
  return new Command("status")
    .description("tell how every site is, what needs a person first")
    .option(
      "--sites <label=value>",
      "only sites with this label of fleet.yaml; any number of times",
      (text: string, all: string[]) => [...all, text],
      [],
    )
    .option("--parallel <n>", "sites that are asked at the same time", count, 4)
    .option("--json", "print one JSON object")
    .option("--html <file>", "write a page that needs nothing but itself")
    .option("--project <folder>", "the folder of Pulumi.yaml and the stacks' files", ".")
    .addHelpText(
      "after",
      "\nIt asks each site as `groundwork status` does, and changes nothing. A site whose state or machines cannot be reached is told as that.\n" +
        "\nExit code: 0 every site is well, 1 one is not, 2 unusable input.",
    )
    .action(async (options: FleetStatusOptions) => {
      const { fleetStatus } = require("./status") as typeof import("./status");
      process.exitCode = await fleetStatus(options);
    });
}

function serveCommand(): Command {
  return new Command("serve")
    .description("carry rollouts out: a Temporal server with its database file, and a worker, until it is ended")
    .option("--project <folder>", "the folder of Pulumi.yaml and fleet.yaml", ".")
    .option("--temporal <program>", `Temporal's command line (${INSTALL_TEMPORAL})`, "temporal")
    .option("--database <file>", "where rollouts are kept (default: ~/.local/state/groundwork/fleet/temporal.db)")
    .option("--port <n>", "the server's port of the loopback address", portOf, 7233)
    .option("--ui <n>", "the port of Temporal's own pages; left out: none", portOf)
    .addHelpText(
      "after",
      "\nWhat the worker needs is what `pulumi up` needs: passphrases and logins in its environment. None of them goes to the server.\n" +
        "Ended at any moment, rollouts go on at the next start. For a Temporal service of your own: `groundwork fleet work`.",
    )
    .action(async (options: ServeOptions) => {
      const { serve } = require("./serve") as typeof import("./serve");
      await serve(options, (text) => process.stdout.write(text));
    });
}

function workCommand(): Command {
  return new Command("work")
    .description("carry rollouts out for a Temporal service, as one of its workers, until it is ended")
    .option(
      "--address <host:port>",
      "the service (default: TEMPORAL_ADDRESS, Temporal's own configuration, or this machine)",
    )
    .option("--namespace <name>", "its namespace (default: TEMPORAL_NAMESPACE, or default)")
    .option(
      "--of <label=value>",
      "work only at sites with this label, of rollouts started with --queue-by; any number of times",
      (text: string, all: string[]) => [...all, text],
      [],
    )
    .option("--project <folder>", "the folder of Pulumi.yaml and fleet.yaml", ".")
    .addHelpText(
      "after",
      "\nA worker only dials out. TLS and API keys: TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH, TEMPORAL_API_KEY and the\n" +
        "others of Temporal's own clients. Without --of it carries the rollouts themselves out too; one such worker is needed.",
    )
    .action(async (options: WorkOptions) => {
      const { work } = require("./serve") as typeof import("./serve");
      await work(options, (text) => process.stdout.write(text));
    });
}

function watchCommand(): Command {
  return new Command("watch")
    .description("have every site looked at, and drilled, at the times of fleet.yaml; the same again changes nothing")
    .option("--now", "look at every site now as well")
    .option("--end", "watch nothing any more")
    .option(
      "--queue-by <label>",
      "sites with one value of this label have workers of their own: groundwork fleet work --of",
    )
    .option(
      "--address <host:port>",
      "the Temporal service (default: TEMPORAL_ADDRESS, Temporal's own configuration, or this machine)",
    )
    .option("--namespace <name>", "its namespace (default: TEMPORAL_NAMESPACE, or default)")
    .option("--project <folder>", "the folder of Pulumi.yaml and fleet.yaml", ".")
    .addHelpText(
      "after",
      "\nA look is a preview with --refresh and what `groundwork status` asks; it changes nothing, and nothing is mended by itself. What it finds\n" +
        "stands in `groundwork fleet status`, and goes to the webhook whose address the worker has in GROUNDWORK_WATCH_WEBHOOK. Drills need the\n" +
        "key that opens the backups: GROUNDWORK_DRILL_IDENTITY names its file.",
    )
    .action(async (options: WatchOptions) => {
      const { watch } = require("./watch") as typeof import("./watch");
      process.stdout.write(await watch(options));
    });
}
