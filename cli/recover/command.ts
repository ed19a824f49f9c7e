import { Command } from "commander";
import { readSite } from "../../site/description/parse";
import { UnusableInput, unusable } from "../../site/description/unusableInput";
import { planSite } from "../../site/plan/plan";
import { readSiteFile } from "../input/document";
import { siteFileOf } from "../input/siteFile";
import { projectIn } from "../report/project";
import { giveUp } from "./giveUp";
import { recover } from "./recover";
import { placeOf, type VcenterPlace } from "./vcenter";

interface RecoverOptions {
  stack: string;
  configFile?: string;
  gone?: string[];
  yes?: boolean;
}

/** `groundwork recover`: makes a stack ready for the next `up` after one that was killed, or after something is gone for good. */
export function recoverCommand(): Command {
  return new Command("recover")
    .description(
      "after an `up` that was killed: remove its lock and what it left half made; after a host, device or machine is gone for good: give up what went with it",
    )
    .requiredOption("--stack <stack>", "the Pulumi stack")
    .option("--config-file <file>", "its configuration (default: stacks/Pulumi.<stack>.yaml)")
    .option(
      "--gone <name...>",
      "machines, hosts, devices or datastores that do not come back: tell what would be given up",
    )
    .option("--yes", "do what --gone tells")
    .addHelpText(
      "after",
      "\nAfterwards `pulumi up` makes again what is missing. With --gone a member of etcd is given up only while a majority" +
        "\nof the others is left, and nothing that vCenter still reaches and that runs." +
        "\nExit code: 0 done, or nothing to do; 1 --gone has told what it would do; 2 unusable input, or a reason against it.",
    )
    .action(async ({ gone, yes, ...options }: RecoverOptions) => {
      if (yes && gone === undefined) throw unusable("--yes", "nothing is named to give up", "name it with --gone");
      const document = readSiteFile(siteFileOf(options));
      const result = readSite(document);
      if (gone !== undefined && "problems" in result) throw new UnusableInput(result.problems);
      const place = "spec" in result ? placeOf(result.spec) : hypervisorIn(document);
      const planned = "spec" in result && place ? planSite(result.spec).machines : [];
      const stack = { folder: process.cwd(), stack: options.stack, configFile: options.configFile, env: process.env };
      if (gone !== undefined && place === undefined)
        throw unusable("--gone", "this site's servers have no vCenter", "install the server again, or leave it out");
      const names = planned.map(({ name }) => name);
      const done = gone === undefined || yes ? await recover(stack, projectIn(".").name, place ?? {}, names) : [];
      const given =
        gone === undefined ? [] : await giveUp(stack, place ?? {}, { names: gone, yes: yes ?? false, planned });
      const lines = [...done, ...given];
      console.log(lines.length > 0 ? lines.join("\n") : "Nothing to recover: the next up can start.");
      if (given.length > 0 && !yes) process.exitCode = 1;
    });
}

/** Where a site lies whose description is not in order: what a killed run left is found all the same. */
function hypervisorIn(document: unknown): VcenterPlace {
  const { hypervisor } = (document ?? {}) as { hypervisor?: VcenterPlace & { template?: string } };
  return { ...hypervisor, templates: hypervisor?.template === undefined ? [] : [hypervisor.template] };
}
