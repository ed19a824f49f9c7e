import { Command, CommanderError } from "commander";
import { backupCommand } from "./backup/command";
import { certificatesCommand } from "./certificates";
import { discoverCommand } from "./discover";
import { UnusableInput } from "./document";
import { drillCommand } from "./drill/command";
import { inventoryCommand } from "./inventory/command";
import { planCommand } from "./plan";
import { recoverCommand } from "./recoverCommand";
import { rehearseCommand } from "./rehearseCommand";
import { reportCommand } from "./report";
import { restoreCommand } from "./restore/command";
import { runbookCommand } from "./runbookCommand";
import { schemaCommand } from "./schema";

const program = new Command("groundwork")
  .description("Production-grade Kubernetes on your own hardware, as code")
  .showHelpAfterError("run it with --help to see what there is")
  .exitOverride();
for (const command of [
  planCommand(),
  discoverCommand(),
  inventoryCommand(),
  backupCommand(),
  restoreCommand(),
  drillCommand(),
  certificatesCommand(),
  recoverCommand(),
  rehearseCommand(),
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
