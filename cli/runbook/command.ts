import { existsSync } from "node:fs";
import { Command } from "commander";
import { readSite } from "../../site/description/parse";
import { UnusableInput } from "../../site/description/unusableInput";
import { planSite } from "../../site/plan/plan";
import { readSiteFile } from "../input/document";
import { writeWhole } from "../output/file";
import { readPlan, savedPlanFile } from "../plan/command";
import { recordsOf } from "../stack/state";
import type { PageNumbers } from "./page";
import type { Outputs } from "./runbook";

interface RunbookOptions {
  stack: string;
  configFile?: string;
  output?: string;
}

/** `groundwork runbook`: what to do when something is broken, for paper. */
export function runbookCommand(): Command {
  return new Command("runbook")
    .description("write a site's runbook: who to call, where everything lies, and what to do about each failure")
    .requiredOption("--stack <stack>", "the Pulumi stack")
    .option("--config-file <file>", "its configuration (default: stacks/Pulumi.<stack>.yaml)")
    .option("--output <file>", "where to write it, as .html or .pdf (default: runbook-<stack>.html)")
    .addHelpText(
      "after",
      "\nIt reads the description and what the state tells of the site, none of its keys, and changes nothing. A PDF needs a Chromium.",
    )
    .action(async (options: RunbookOptions) => {
      const output = options.output ?? `runbook-${options.stack}.html`;
      const kind = /\.(html|pdf)$/.exec(output)?.[1];
      if (kind === undefined)
        throw new UnusableInput([{ path: "--output", fact: `${output} is neither .html nor .pdf`, fix: "end it so" }]);
      const page = await runbookHtml(options, new Date());
      // Loaded only here, as the renderers are.
      const { pdfOf } = require("./pdf") as typeof import("./pdf");
      writeWhole(output, kind === "pdf" ? await pdfOf(page) : page());
      const paper = kind === "pdf" ? "Print it" : "It is for a screen; for paper, with page numbers, name a .pdf";
      console.log(`${output}: written. ${paper}, and keep a copy where the site's own failure does not reach.`);
    });
}

async function runbookHtml(
  { stack, configFile }: RunbookOptions,
  made: Date,
): Promise<(pages?: PageNumbers) => string> {
  const file = configFile ?? `stacks/Pulumi.${stack}.yaml`;
  const result = readSite(readSiteFile(file));
  if ("problems" in result) throw new UnusableInput(result.problems);
  const saved = savedPlanFile(file);
  const against = saved !== undefined && existsSync(saved) ? readPlan(saved) : undefined;
  const plan = planSite(result.spec, { against });
  const outputs = (await recordsOf({ folder: process.cwd(), stack, env: process.env })) as Outputs;
  const { runbookOf } = require("./runbook") as typeof import("./runbook");
  const { runbookPage } = require("./page") as typeof import("./page");
  const runbook = runbookOf(plan, outputs, { stack, configFile, made });
  return (pages) => runbookPage(runbook, pages);
}
