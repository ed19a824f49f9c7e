import { readFileSync } from "node:fs";
import { Command } from "commander";
import { Session } from "../../sdks/vcenter/session";
import { vcenterOf } from "../../site/description/hypervisors";
import type { SiteSpec } from "../../site/description/spec";
import { running, type StackOptions, specOf, stackOf } from "../backup/running";
import { hypervisorItems } from "./hypervisor";
import { type Item, printed, sorted } from "./item";
import { machineItems, question } from "./machines";

interface Options extends StackOptions {
  ca?: string;
  json?: boolean;
}

/** `groundwork inventory`: the versions of everything that a site runs on and of what it runs (O3). */
export function inventoryCommand(): Command {
  return new Command("inventory")
    .description(
      "list the versions of hypervisor, firmware, operating systems, Kubernetes, etcd and images, for an audit",
    )
    .requiredOption("--stack <stack>", "the Pulumi stack")
    .option("--config-file <file>", "its configuration (default: stacks/Pulumi.<stack>.yaml)")
    .option("--ca <file>", "trust this certificate authority of vCenter's")
    .option("--json", "print a JSON list")
    .addHelpText(
      "after",
      "\nMachines are asked by SSH, vCenter with VSPHERE_USER and VSPHERE_PASSWORD. Only what runs is listed.\n" +
        "Exit code: 0 all answered, 1 some did not.",
    )
    .action(async (options: Options) => {
      const spec = specOf(options);
      const site = await running(stackOf(options), spec);
      const asked = [
        askHypervisor(spec, options, process.env),
        ...site.machines.map(async ({ name, address }) => machineItems(name, await site.login.ask(address, question))),
      ];
      const answers = await Promise.allSettled(asked).finally(() => site.login.close());
      const items = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
      console.log(options.json ? JSON.stringify(sorted(items), null, 2) : printed(items));
      for (const [i, answer] of answers.entries()) {
        if (answer.status === "fulfilled") continue;
        const { message } = answer.reason as Error;
        console.error(i === 0 ? message : `${site.machines[i - 1]?.name}: ${message}`);
        process.exitCode = 1;
      }
    });
}

async function askHypervisor(
  { hypervisor, hosts }: SiteSpec,
  { ca }: Options,
  { VSPHERE_USER: user, VSPHERE_PASSWORD: password }: NodeJS.ProcessEnv,
): Promise<Item[]> {
  const vcenter = vcenterOf(hypervisor);
  if (vcenter === undefined) return [];
  const { server, allowUnverifiedSsl: insecure } = vcenter;
  if (!user || !password)
    throw new Error(
      "hypervisor: vCenter was not asked; set VSPHERE_USER and VSPHERE_PASSWORD, whose role may be read-only",
    );
  const authority = ca === undefined ? undefined : readFileSync(ca, "utf8");
  const session = await Session.open({ server, user, password, insecure, ca: authority });
  try {
    return await hypervisorItems(session, { hosts });
  } finally {
    await session.close();
  }
}
