import { Command } from "commander";
import { z } from "zod";
import { readSite } from "../site/parse";
import { type EarlierPlan, planSite } from "../site/plan";
import { formatPath } from "../site/problem";
import { reportOf } from "../site/report";
import { readDocument, siteIn, UnusableInput } from "./document";
import { printReport } from "./printReport";

interface PlanOptions {
  json?: boolean;
  pairs?: boolean;
  against?: string;
}

/** `groundwork plan FILE`: who runs where, what each failure costs, and what is wrong with it. */
export function planCommand(): Command {
  return new Command("plan")
    .description("plan a site: who runs where, on which device, and what each failure costs")
    .argument("<file>", "a site's YAML or JSON file, or a Pulumi stack file; - reads standard input")
    .option("--json", "print one JSON object")
    .option("--pairs", "judge every pair of failures too")
    .option("--against <plan>", "an earlier plan (--json) that runs already: move nothing that need not move")
    .addHelpText("after", "\nExit code: 0 a plan without a mandatory finding, 1 with one, 2 unusable input.")
    .action((file: string, options: PlanOptions) => {
      process.exitCode = runPlan(
        file,
        options,
        (text) => process.stdout.write(text),
        (text) => process.stderr.write(text),
      );
    });
}

/** Plans a file and prints it; the exit code. */
export function runPlan(
  file: string,
  options: PlanOptions,
  out: (text: string) => void,
  err: (text: string) => void,
): 0 | 1 | 2 {
  try {
    const against = options.against === undefined ? undefined : readEarlierPlan(options.against);
    const result = readSite(siteIn(readDocument(file)));
    if ("problems" in result) throw new UnusableInput(result.problems);
    const report = reportOf(planSite(result.spec, { against }), { pairs: options.pairs });
    out(options.json ? `${JSON.stringify(report, null, 2)}\n` : printReport(report));
    return report.findings.some((f) => f.severity === "mandatory") ? 1 : 0;
  } catch (e) {
    if (!(e instanceof UnusableInput)) throw e;
    err(`${e.message}\n`);
    return 2;
  }
}

/** What of an earlier plan counts; the rest of the file may be anything. */
const earlierPlan = z.object({
  machines: z.array(
    z.object({
      name: z.string(),
      host: z.string(),
      address: z.ipv4(),
      podCidr: z.cidrv4().optional(),
      disks: z.array(
        z.object({ name: z.enum(["system", "data"]), datastore: z.string(), device: z.string(), sizeGiB: z.number() }),
      ),
    }),
  ),
});

function readEarlierPlan(file: string): EarlierPlan {
  const parsed = earlierPlan.safeParse(readDocument(file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UnusableInput([
    {
      path: `${file}${issue?.path.length ? ` ${formatPath(issue.path)}` : ""}`,
      fact: "it is no earlier plan",
      fix: "use what groundwork plan --json printed",
    },
  ]);
}
