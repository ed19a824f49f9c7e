import { Command, CommanderError } from "commander";
import { backupCommand } from "./backup/command";
import { certificatesCommand } from "./certificates/command";
import { discoverCommand } from "./discover/command";
import { UnusableInput } from "./document";
import { drillCommand } from "./drill/command";
import { initCommand } from "./init/command";
import { inventoryCommand } from "./inventory/command";
import { planCommand } from "./plan/command";
import { preflightCommand } from "./preflight/command";
import { recoverCommand } from "./recover/command";
import { reportCommand } from "./report/command";
import { restoreCommand } from "./restore/command";
import { runbookCommand } from "./runbook/command";
import { schemaCommand } from "./schema/command";

const program = new Command("groundwork")
  .description("Production-grade Kubernetes on your own hardware, as code")
  .showHelpAfterError("run it with --help to see what there is")
  .exitOverride();
for (const command of [
  initCommand(),
  planCommand(),
  preflightCommand(),
  discoverCommand(),
  inventoryCommand(),
  backupCommand(),
  restoreCommand(),
  drillCommand(),
  certificatesCommand(),
  recoverCommand(),
  reportCommand(),
  runbookCommand(),
  schemaCommand(),
])
  program.addCommand(command.copyInheritedSettings(program));

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = error instanceof UnusableInput ? 2 : 1;
  }
});
