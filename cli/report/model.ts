import { isDeepStrictEqual } from "node:util";
import type { Facts } from "../../site/facts";
import { type Failure, singleFailures } from "../../site/failures";
import { components } from "../../site/failures/components";
import type { SitePlan } from "../../site/plan";
import { type CertificateChange, certificateChanges } from "./certificates";
import { type RawChange, rawChanges } from "./diff";
import { type Disruption, disruptionOf } from "./disruption";
import { type MachineChange, machineChanges } from "./machines";
import { type PolicyReport, policyReport } from "./policies";
import type { Told } from "./reuse/previews";
import { type SiteSeen, siteSeen } from "./sites";
import { type HostLoss, hostLosses, type RankChange, rankChange, type Survival, survivalOf } from "./survival";
import { namesIn } from "./values";
import { listed, type Verdict, verdictOf } from "./verdict";

/** Everything that is told of one stack. Plain data: `--format json` prints it. */
export interface StackReport {
  stack: string;
  /** The site's name, if there is one. */
  site?: string;
  verdict: Verdict;
  /** When the preview was made, if that was earlier: nothing it depends on has changed since. */
  made?: string;
  /** What `before` is. */
  before: "running" | "described" | "nothing";
  machines: MachineChange[];
  disruption: Disruption;
  survival: Survival;
  rank: RankChange;
  certificates: CertificateChange[];
  policies: PolicyReport;
  capacity: { needed?: { cpus: number; memoryGiB: number }; hosts: HostLoss[] };
  /** Other things worth knowing, as sentences. */
  notes: string[];
  errors: string[];
  warnings: string[];
  changes: RawChange[];
  unchanged: number;
  drawing?: Drawing;
}

/** What is drawn: the site as it would be, and what each failure takes along. */
export interface Drawing {
  facts: Facts;
  failures: (Failure & { down: string[]; wiped: string[] })[];
  /** Machines that the change deletes, where they are. */
  gone: Facts["machines"];
}

/** What the stack's file says, at the base revision and now. */
export interface Described {
  base?: { revision: string; facts: Facts; plan: SitePlan };
  now?: { facts: Facts; plan: SitePlan; refused: string[] };
  /** What is wrong with the stack's file as it is now. */
  problems: string[];
}

/**
 * The report of a stack. Before is what the state says; a stack without one is compared with what the base revision
 * describes. After is what the preview would register; a preview that broke is stood in for by what the file describes.
 */
export function stackReport(preview: Told, described: Described = { problems: [] }): StackReport {
  const running = siteSeen(preview.steps, "before");
  const seen = preview.complete || preview.policies.length > 0 ? siteSeen(preview.steps, "after") : undefined;
  const { base, now } = described;
  const names = namesIn(preview.steps);
  const before = running?.facts ?? base?.facts;
  const after = seen?.facts ?? (preview.complete ? undefined : now?.facts);
  const machines = preview.complete || seen ? machineChanges(preview.steps, names) : [];
  const disruption = disruptionOf(machines, running?.facts, after, new Set(preview.standing));
  const survival = survivalOf(before, after);
  const policies = policyReport(preview, before);
  const certificates = certificateChanges(preview.steps);
  const rank = rankChange(before, after);
  const workload = after?.workload;
  const plan = seen?.plan ?? now?.plan;
  const report: Omit<StackReport, "verdict"> = {
    stack: preview.stack,
    ...(preview.made && { made: preview.made }),
    ...(after && { site: after.site }),
    before: running ? "running" : base ? "described" : "nothing",
    machines,
    disruption,
    survival,
    rank,
    certificates,
    policies,
    capacity: { ...(workload && { needed: workload }), hosts: hostLosses(before, after) },
    notes: [...madeNote(preview), ...othersNote(seen ?? running), ...notesOf(running?.plan, described, plan)],
    errors: [...described.problems, ...preview.errors],
    warnings: preview.warnings,
    changes: rawChanges(preview.steps, names),
    unchanged: preview.steps.filter(({ op, drift }) => op === "same" && drift.length === 0).length,
    ...(after && { drawing: drawingOf(after, running?.facts, machines) }),
  };
  return { ...report, verdict: verdictOf(report, preview, described) };
}

function madeNote({ made }: Told): string[] {
  const at = made && `${made.slice(0, 16).replace("T", " ")} UTC`;
  return at ? [`Unchanged since the preview of ${at}, which was used again; \`--no-cache\` makes it anew.`] : [];
}

/** One stack is one site; of a program that makes more, the report says what it leaves out. */
function othersNote(site: SiteSeen | undefined): string[] {
  if (site === undefined || site.others.length === 0) return [];
  return [
    `This stack has ${site.others.length + 1} sites. Machines and policies are those of all; what is survived, the rank, the capacity and the drawing are those of ${site.plan.site}, and of ${listed(site.others)} they are not told: give each site a stack of its own.`,
  ];
}

function notesOf(running: SitePlan | undefined, { base, now }: Described, planned: SitePlan | undefined): string[] {
  const notes: string[] = [];
  if (running && base && machinesDiffer(running, base.plan))
    notes.push(
      `The site that runs is not the one that ${base.revision} describes: this report also shows what was merged but never brought up.`,
    );
  if (!running && base) notes.push(`Nothing of this site runs yet: before is what ${base.revision} describes.`);
  if (!running && !base) notes.push("Nothing of this site runs yet: there is no before.");
  const moves = (planned ?? now?.plan)?.moves ?? [];
  for (const { machine, from, to, why } of moves)
    notes.push(`${machine} moves from ${from.host} to ${to.host}: ${why}.`);
  return notes;
}

function machinesDiffer(a: SitePlan, b: SitePlan): boolean {
  const plain = ({ machines }: SitePlan) => JSON.parse(JSON.stringify(machines)) as unknown;
  return !isDeepStrictEqual(plain(a), plain(b));
}

function drawingOf(after: Facts, running: Facts | undefined, machines: readonly MachineChange[]): Drawing {
  const deleted = new Set(machines.filter(({ kind }) => kind === "deleted").map(({ machine }) => machine));
  // A failure is told of each component, in their order.
  const among = components(after);
  return {
    facts: after,
    failures: singleFailures(after).map((failure, i) => {
      const { down = [], wiped = [] } = among[i] ?? {};
      return { ...failure, down, wiped };
    }),
    gone: running?.machines.filter(({ name }) => deleted.has(name)) ?? [],
  };
}
