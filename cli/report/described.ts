import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readSite } from "../../site/description/parse";
import { formatProblem } from "../../site/description/problem";
import { completeFacts } from "../../site/facts/complete";
import { factsOfPlan } from "../../site/facts/plan";
import { checkRules, formatFinding } from "../../site/judge/rules";
import { readSaved } from "../../site/life/saved";
import type { EarlierPlan, SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { siteIn } from "../input/document";
import type { Described } from "./model";
import { type Project, savedPlanFile, stackFile } from "./project";
import { type Base, fileAt } from "./revision";

/** What a stack's file says now, and what it said at the base. */
export async function describedBy(project: Project, stack: string, base: Base | undefined): Promise<Described> {
  const file = stackFile(project, stack);
  const described: Described = { problems: [] };
  const kept = savedPlanFile(project, stack);
  const earlier = base && planOf(await fileAt(project, base, file), await fileAt(project, base, kept));
  if (base && earlier && "plan" in earlier)
    described.base = { revision: base.name, plan: earlier.plan, facts: factsOfPlan(earlier.plan) };
  const now = planOf(readNow(project, file), readNow(project, kept));
  if (now === undefined) return described;
  if ("problems" in now) return { ...described, problems: now.problems.map((problem) => `${file}: ${problem}`) };
  const facts = factsOfPlan(now.plan);
  const refused = checkRules(completeFacts(now.plan)).filter(({ severity }) => severity === "mandatory");
  return { ...described, now: { ...now, facts, refused: refused.map(formatFinding) } };
}

function readNow({ folder }: Project, file: string): string | undefined {
  try {
    return readFileSync(join(folder, file), "utf8");
  } catch {
    return undefined;
  }
}

/** None if there is no file, or none with a site in it. */
function planOf(
  text: string | undefined,
  saved: string | undefined,
): { plan: SitePlan; saved?: boolean } | { problems: string[] } | undefined {
  if (text === undefined) return undefined;
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    return { problems: [`${(error as Error).message.split("\n")[0]}; correct the YAML`] };
  }
  const site = siteIn(document);
  if (site === document) return undefined;
  const result = readSite(site);
  const earlier = earlierPlan(saved);
  return "problems" in result
    ? { problems: result.problems.map(formatProblem) }
    : { plan: planSite(result.spec, { against: earlier }), ...(earlier && { saved: true }) };
}

/** A saved plan that cannot be read is told by the program, not here. */
function earlierPlan(text: string | undefined): EarlierPlan | undefined {
  if (text === undefined) return undefined;
  try {
    const read = readSaved(JSON.parse(text));
    return "saved" in read ? read.saved : undefined;
  } catch {
    return undefined;
  }
}
