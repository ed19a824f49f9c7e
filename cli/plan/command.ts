import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Command } from "commander";
import { readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import { UnusableInput } from "../../site/description/unusableInput";
import { assess } from "../../site/judge/assessment";
import { changeFindings } from "../../site/judge/change";
import type { Finding } from "../../site/judge/rules";
import { differences, readSaved, type SavedPlan, savedText, standingOf } from "../../site/life/saved";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { readDocument, readSiteFile } from "../input/document";
import { writeWhole } from "../output/file";
import { painted, paintedProblems } from "../output/paint";
import { printReport } from "./print";

interface PlanOptions {
  json?: boolean;
  pairs?: boolean;
  against?: string;
  save?: boolean;
}

/** `groundwork plan FILE`: who runs where, what each failure costs, and what is wrong with it. */
export function planCommand(): Command {
  return new Command("plan")
    .description("plan a site: who runs where, on which device, and what each failure costs")
    .argument("<file>", "a site's YAML or JSON file, or a Pulumi stack file; - reads standard input")
    .option("--json", "print one JSON object")
    .option("--pairs", "judge every pair of failures too")
    .option(
      "--against <plan>",
      "a plan that runs already: move nothing that need not move (default: the one that was saved beside the file)",
    )
    .option("--save", "keep where machines are beside the file, as <stack>.plan.json: `up` holds on to it; commit both")
    .addHelpText("after", "\nExit code: 0 a plan without a mandatory finding, 1 with one, 2 unusable input.")
    .action((file: string, options: PlanOptions) => {
      process.exitCode = runPlan(
        file,
        options,
        (text) => process.stdout.write(options.json ? text : painted(text)),
        (text) => process.stderr.write(paintedProblems(text)),
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
    const kept = savedPlanFile(file);
    const beside = kept !== undefined && existsSync(kept) ? kept : undefined;
    const against = options.against ?? beside;
    const saved = against === undefined ? undefined : readPlan(against);
    const result = readSite(readSiteFile(file));
    if ("problems" in result) throw new UnusableInput(result.problems);
    const standing = saved && standingOf(saved);
    const plan = planSite(result.spec, { against: saved, standing });
    const change = saved ? changeFindings(plan, standing ?? saved) : [];
    const assessment = assess(plan, { pairs: options.pairs });
    const report = { ...assessment, findings: [...change, ...assessment.findings] };
    out(options.json ? `${JSON.stringify(report, null, 2)}\n` : printReport(report));
    const refused = report.findings.some((f) => f.severity === "mandatory");
    if (options.save) {
      if (refused)
        err(`${file}: an unsafe plan is not saved; mend the mandatory findings first${unlessNew(change, kept)}\n`);
      else save(kept, plan);
    } else if (saved && against === beside) {
      const changes = differences(plan, saved);
      if (changes.length > 0) err(`${changes.map(formatProblem).join("\n")}\n`);
    }
    return refused ? 1 : 0;
  } catch (e) {
    if (!(e instanceof UnusableInput)) throw e;
    err(`${e.message}\n`);
    return 2;
  }
}

/** What was saved is judged as if it ran, which nobody here can know. */
function unlessNew(change: readonly Finding[], kept: string | undefined): string {
  const isRefused = change.some(({ severity }) => severity === "mandatory");
  return isRefused ? `; if nothing of the site runs yet, remove ${kept} and save anew` : "";
}

function save(file: string | undefined, plan: SitePlan): void {
  if (file === undefined)
    throw new UnusableInput([{ path: "--save", fact: "standard input has no place beside it", fix: "name a file" }]);
  writeWhole(file, savedText(plan));
}

/** The largest saved plan, in MiB. */
const LARGEST_PLAN = 64;

export function readPlan(file: string): SavedPlan {
  const result = readSaved(readDocument(file, LARGEST_PLAN));
  if ("saved" in result) return result.saved;
  const { path, fact, fix } = result.problem;
  throw new UnusableInput([{ path: [file, path].filter(Boolean).join(" "), fact, fix }]);
}

/** Where the plan of a file is kept: `stacks/Pulumi.shop.yaml` has `stacks/shop.plan.json`. */
export function savedPlanFile(file: string): string | undefined {
  if (file === "-") return undefined;
  const name = basename(file)
    .replace(/\.(ya?ml|json)$/, "")
    .replace(/^Pulumi\./, "");
  return join(dirname(file), `${name}.plan.json`);
}
