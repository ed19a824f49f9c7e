import { isDeepStrictEqual } from "node:util";
import type { ChangeVerdict } from "../../site/life/changes/model";
import { changeOfStanding } from "../../site/life/changes/standing";
import type { SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { certificateChanges } from "./certificates";
import { rawChanges } from "./diff";
import { machineChanges } from "./machines";
import type { Described, StackReport } from "./model";
import { policyReport } from "./policies";
import type { Told } from "./reuse/previews";
import { ofSite, pairsOf, siteReport } from "./site";
import type { SiteSeen } from "./sites";
import { sitesSeen } from "./sites";
import { namesIn } from "./values";
import { verdictOf } from "./verdict";
/**
 * The report of a stack. Before is what the state says; a stack without one is compared with what the base revision
 * describes. After is what the preview would register; a preview that broke is stood in for by what the file describes.
 */
export function stackReport(preview: Told, described: Described = { problems: [] }): StackReport {
  const isSeen = preview.complete || (preview.policies.length > 0 && preview.errors.length === 0);
  const isKnown = isSeen || preview.unseen !== undefined;
  const was = [...preview.steps, ...(preview.unseen ?? [])];
  const pairs = pairsOf(sitesSeen(was, "before"), isSeen ? sitesSeen(preview.steps, "after") : []);
  const [{ running, seen } = {}, ...others] = pairs;
  const { base, now } = described;
  const names = namesIn(was);
  const stands = running && (preview.complete || isWhole(running)) ? running.facts : undefined;
  const before = stands ?? base?.facts;
  const after = seen?.facts ?? (preview.complete ? undefined : now?.facts);
  const machines = preview.complete || seen ? machineChanges(preview.steps, names) : [];
  const applied = new Set(preview.standing?.machines.map(({ name }) => name));
  const own = others.length === 0 ? machines : ofSite(machines, before, after);
  const report: Omit<StackReport, "verdict"> = {
    stack: preview.stack,
    ...(preview.made && { made: preview.made }),
    ...siteReport({ before, after, running: stands, machines: own, applied, alone: preview.alone }),
    before: running ? "running" : base ? "described" : isKnown ? "nothing" : "unknown",
    machines,
    certificates: certificateChanges(preview.steps),
    policies: policyReport(preview, before),
    notes: [...madeNote(preview), ...notesOf(running?.plan, described, seen?.plan ?? now?.plan, isKnown)],
    errors: [...described.problems, ...preview.errors],
    warnings: preview.warnings,
    changes: rawChanges(preview.steps, names),
    unchanged: preview.steps.filter(({ op, drift }) => op === "same" && drift.length === 0).length,
    others: others.map(({ running: was, seen: is }) => {
      const facts = { before: was?.facts, after: is?.facts, running: was?.facts };
      return siteReport({ ...facts, machines: ofSite(machines, was?.facts, is?.facts), applied });
    }),
  };
  return { ...report, verdict: verdictOf(report, preview, described, changeSeen(preview, seen?.plan ?? now)) };
}

/** What the program says of the way from what stands, by the plan that it made, or would have made. */
function changeSeen({ standing }: Told, planned: SitePlan | Described["now"]): ChangeVerdict {
  if (standing === undefined || planned === undefined) return { refused: [], cautions: [] };
  if ("machines" in planned) return changeOfStanding(planned, standing);
  const { plan, saved } = planned;
  return changeOfStanding(saved ? plan : planSite(plan.spec, { against: standing, standing }), standing);
}

/** A preview that broke early has seen only some of what runs. */
function isWhole({ plan, facts }: SiteSeen): boolean {
  return plan.machines.every(({ name }) => facts.machines.some((machine) => machine.name === name));
}

function madeNote({ made }: Told): string[] {
  const at = made && `${made.slice(0, 16).replace("T", " ")} UTC`;
  return at ? [`Unchanged since the preview of ${at}, which was used again; \`--no-cache\` previews it again.`] : [];
}

/** @param isKnown whether it is known what the state has */
function notesOf(
  running: SitePlan | undefined,
  { base, now }: Described,
  planned: SitePlan | undefined,
  isKnown: boolean,
): string[] {
  const notes: string[] = [];
  if (running && base && machinesDiffer(running, base.plan))
    notes.push(
      `The site that runs is not the one that ${base.revision} describes: this report also shows what was merged but never brought up.`,
    );
  const fact = isKnown ? "Nothing of this site runs yet" : "What runs of this site is not known";
  if (!running) notes.push(`${fact}: ${base ? `before is what ${base.revision} describes` : "there is no before"}.`);
  const moves = running && planned ? planSite(planned.spec, { against: running }).moves : (now?.plan.moves ?? []);
  for (const { machine, from, to, why } of moves)
    notes.push(`${machine} moves from ${from.host} to ${to.host}: ${why}.`);
  return notes;
}

function machinesDiffer(a: SitePlan, b: SitePlan): boolean {
  const plain = ({ machines }: SitePlan) => JSON.parse(JSON.stringify(machines)) as unknown;
  return !isDeepStrictEqual(plain(a), plain(b));
}
