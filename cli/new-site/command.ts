import { Command, InvalidArgumentError, Option } from "commander";
import { vcenterFlags } from "../discover/vcenter";
import { POOL_FILE } from "../fleet/poolFile";
import type { NewSiteOptions } from "./options";

/** `groundwork new-site`: a site from a site, or a hundred. */
export function newSiteCommand(): Command {
  const command = new Command("new-site")
    .description("make a site's stack file from another site's: its own name, addresses, hardware and backups")
    .argument("[name]", "the new site: store-043; it names the stack, too")
    .requiredOption("--from <stack>", "the site it is made from")
    .addOption(
      new Option("--hosts <file>", "its hosts and storage, as `groundwork discover` prints them").conflicts("discover"),
    )
    .option("--discover", "read hosts and storage from the new site's vCenter and cluster")
    .option("--network <cidr>", "its network; left out: the next free one of the pool")
    .option(
      "--set <path=value>",
      "a setting of its own, as YAML; {name} stands for the site's name; any number of times",
      (text: string, all: string[]) => [...all, text],
      [],
    )
    .option("--count <n>", "so many sites: store-043, store-044 …; with --csv the first so many", count)
    .option("--csv <file>", "a site for each row; columns: name, network, hosts (a file) and paths of settings")
    .option("--pool <file>", `what addresses are taken from (default: ${POOL_FILE} of the project)`)
    .option("--project <folder>", "the folder of Pulumi.yaml", ".");
  for (const flag of [vcenterFlags.server, vcenterFlags.user, vcenterFlags.ca, vcenterFlags.insecure])
    command.addOption(flag);
  return command
    .addHelpText(
      "after",
      "\nNo two sites get the same address, VRRP id in one network, or MAC address. Secrets of the source are not copied, nor recipients and\n" +
        "targets of its backups: what is missing is told, with what to do. A file that is there already is never changed.\n" +
        "\nExit code: 0 every plan is without a mandatory finding, 1 one is not, or something is missing, 2 unusable input.",
    )
    .action(async (name: string | undefined, options: NewSiteOptions) => {
      const { newSite } = require("./newSite") as typeof import("./newSite");
      process.exitCode = await newSite(name, options, process.env, (text) => process.stdout.write(text));
    });
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1000)
    throw new InvalidArgumentError("give a whole number from 1 to 1000");
  return value;
}
