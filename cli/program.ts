import { Command } from "commander";
import { backupCommand } from "./backup/command";
import { bundleCommand } from "./bundle/command";
import { certificatesCommand } from "./certificates/command";
import { completionCommand } from "./completion/command";
import { discoverCommand } from "./discover/command";
import { drillCommand } from "./drill/command";
import { fleetCommand } from "./fleet/command";
import { imageCommand } from "./image/command";
import { imagesCommand } from "./images/command";
import { initCommand } from "./init/command";
import { inventoryCommand } from "./inventory/command";
import { kubeconfigCommand } from "./kubeconfig/command";
import { newSiteCommand } from "./new-site/command";
import { planCommand } from "./plan/command";
import { preflightCommand } from "./preflight/command";
import { recoverCommand } from "./recover/command";
import { reportCommand } from "./report/command";
import { restoreCommand } from "./restore/command";
import { rolloutCommand } from "./rollout/command";
import { runbookCommand } from "./runbook/command";
import { schemaCommand } from "./schema/command";
import { statusCommand } from "./status/command";

/** `groundwork` with its commands, in the order in which they are listed: each is a folder and a line here. */
export function groundwork(): Command {
  const { version } = require("../package.json") as { version: string };
  const program = new Command("groundwork")
    .description("Production-grade Kubernetes on your own hardware, as code")
    .version(version, "-V, --version", "print the version")
    .showHelpAfterError("run it with --help to see what there is")
    .exitOverride();
  for (const command of [
    initCommand(),
    newSiteCommand(),
    planCommand(),
    preflightCommand(),
    discoverCommand(),
    statusCommand(),
    kubeconfigCommand(),
    imageCommand(),
    imagesCommand(),
    bundleCommand(),
    inventoryCommand(),
    backupCommand(),
    restoreCommand(),
    drillCommand(),
    certificatesCommand(),
    recoverCommand(),
    reportCommand(),
    fleetCommand(),
    rolloutCommand(),
    runbookCommand(),
    schemaCommand(),
    completionCommand(),
  ])
    program.addCommand(command);
  inherit(program);
  return program;
}

/** What a command cannot use ends it in the same way at every depth. */
function inherit(command: Command): void {
  for (const below of command.commands) inherit(below.copyInheritedSettings(command));
}
