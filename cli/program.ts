import { Command } from "commander";

/** The commands, in the order in which they are listed: each is a folder and a line here. What none asks for is not loaded. */
const commands: Record<string, () => Promise<Command>> = {
  init: async () => (await import("./init/command")).initCommand(),
  "new-site": async () => (await import("./new-site/command")).newSiteCommand(),
  plan: async () => (await import("./plan/command")).planCommand(),
  preflight: async () => (await import("./preflight/command")).preflightCommand(),
  discover: async () => (await import("./discover/command")).discoverCommand(),
  status: async () => (await import("./status/command")).statusCommand(),
  scale: async () => (await import("./scale/command")).scaleCommand(),
  kubeconfig: async () => (await import("./kubeconfig/command")).kubeconfigCommand(),
  image: async () => (await import("./image/command")).imageCommand(),
  images: async () => (await import("./images/command")).imagesCommand(),
  registry: async () => (await import("./registry/command")).registryCommand(),
  bundle: async () => (await import("./bundle/command")).bundleCommand(),
  inventory: async () => (await import("./inventory/command")).inventoryCommand(),
  backup: async () => (await import("./backup/command")).backupCommand(),
  restore: async () => (await import("./restore/command")).restoreCommand(),
  drill: async () => (await import("./drill/command")).drillCommand(),
  certificates: async () => (await import("./certificates/command")).certificatesCommand(),
  recover: async () => (await import("./recover/command")).recoverCommand(),
  report: async () => (await import("./report/command")).reportCommand(),
  fleet: async () => (await import("./fleet/command")).fleetCommand(),
  rollout: async () => (await import("./rollout/command")).rolloutCommand(),
  runbook: async () => (await import("./runbook/command")).runbookCommand(),
  schema: async () => (await import("./schema/command")).schemaCommand(),
  completion: async () => (await import("./completion/command")).completionCommand(),
};

/**
 * `groundwork` with its commands.
 *
 * @param asked the command that is run, without which, or if there is none of that name, there are all of them
 */
export async function groundwork(asked?: string): Promise<Command> {
  const { version } = require("../package.json") as { version: string };
  const program = new Command("groundwork")
    .description("Production-grade Kubernetes on your own hardware, as code")
    .version(version, "-V, --version", "print the version")
    .showHelpAfterError("run it with --help to see what there is")
    .exitOverride();
  // Completion is of all the others.
  const only =
    asked !== undefined && asked !== "completion" && Object.hasOwn(commands, asked) ? commands[asked] : undefined;
  for (const make of only ? [only] : Object.values(commands)) program.addCommand(await make());
  inherit(program);
  return program;
}

/** What a command cannot use ends it in the same way at every depth. */
function inherit(command: Command): void {
  for (const below of command.commands) inherit(below.copyInheritedSettings(command));
}
