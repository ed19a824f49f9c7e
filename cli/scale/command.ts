import { Command } from "commander";
import type { SiteSpec } from "../../site/description/spec";
import { unusable } from "../../site/description/unusableInput";
import { type StackOptions, specOf, stackOf } from "../backup/running";
import { siteFileOf } from "../input/siteFile";
import { painted } from "../output/paint";
import { appliedIn } from "../stack/applied";
import type { PulumiStack } from "../stack/pulumi";
import { noSiteIn, outputsOf } from "../stack/state";
import { askCluster } from "./ask";
import { carrierOf } from "./carrier";
import type { Proposal } from "./model";
import { printProposal } from "./print";
import { propose } from "./propose";
import { clusterSeen } from "./seen";
import { type CountsFile, countsFileOf, writeCounts } from "./write";

interface Options extends StackOptions {
  json?: boolean;
  write?: boolean;
}

/** `groundwork scale`: how many workers each pool should have, by what its pods ask for. */
export function scaleCommand(): Command {
  return new Command("scale")
    .description("propose how many workers each pool should have, between its minimum and its maximum")
    .requiredOption("--stack <stack>", "the Pulumi stack")
    .option("--config-file <file>", "its configuration (default: stacks/Pulumi.<stack>.yaml)")
    .option("--json", "print one JSON object")
    .option(
      "--write",
      "write the proposed counts into the configuration, or the fleet.yaml that it is written from, and nothing else in it",
    )
    .addHelpText(
      "after",
      "\nIt reads the stack's state and asks the API for nodes, pods and volumes, and for what pods use where metrics-server answers; it changes no\n" +
        "machine: `pulumi up` does. What is written is judged by `groundwork plan` as every other change is. docs/living.md says how it decides.\n" +
        "Exit code: 0 nothing to change, 1 something is proposed (and written, with --write), 2 a pool could not be judged, or unusable input.",
    )
    .action(async (options: Options) => {
      const spec = specOf(options);
      const proposal = await proposalFor(stackOf(options), spec);
      const changed = changes(proposal);
      const place = countsFileOf(siteFileOf(options), spec.name);
      if (options.write && Object.keys(changed).length > 0) writeCounts(place, changed);
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ version: 1, site: spec.name, ...proposal }, null, 2)}\n`
          : painted(printed(proposal, options, place)),
      );
      process.exitCode = exitCode(proposal);
    });
}

/** @throws UnusableInput if no pool may be scaled, no site is up, or its API does not answer */
async function proposalFor(stack: PulumiStack, spec: SiteSpec): Promise<Proposal> {
  if (!spec.workers.some(({ scale }) => scale))
    throw unusable("workers", "no pool has a minimum and a maximum", "give one scale: {minimum, maximum}");
  const { standing, kubeconfig } = await outputsOf(stack);
  const applied = appliedIn(standing, stack.stack);
  if (applied === undefined || typeof kubeconfig !== "string") throw noSiteIn(stack);
  return propose(clusterSeen(spec, await askCluster(kubeconfig)), carrierOf(spec, applied));
}

function changes({ pools }: Proposal): Record<string, number> {
  return Object.fromEntries(
    pools.flatMap(({ pool, now, proposed }) => (proposed === undefined || proposed === now ? [] : [[pool, proposed]])),
  );
}

export function exitCode(proposal: Proposal): 0 | 1 | 2 {
  if (proposal.pools.some(({ proposed }) => proposed === undefined)) return 2;
  return Object.keys(changes(proposal)).length > 0 ? 1 : 0;
}

function printed(proposal: Proposal, options: Options, { file, fleetSite }: CountsFile): string {
  const text = printProposal(proposal);
  if (Object.keys(changes(proposal)).length === 0) return `${text}Nothing to change.\n`;
  if (!options.write) return `${text}--write puts it into ${file}; pulumi up brings it about.\n`;
  const render = fleetSite === undefined ? "" : "npx groundwork fleet render, then ";
  return `${text}Written to ${file}. Next: ${render}npx groundwork plan ${siteFileOf(options)}, then pulumi up --stack ${options.stack}\n`;
}
