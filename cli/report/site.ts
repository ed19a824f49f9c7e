import type { Facts } from "../../site/facts/model";
import { singleFailures } from "../../site/judge/failures";
import { components } from "../../site/judge/failures/components";
import type { Failure } from "../../site/judge/failures/model";
import { checkRules, formatFinding } from "../../site/judge/rules";
import type { Alone } from "../../site/life/alone";
import { type TimeAlone, timeAlone } from "./alone";
import { type Demands, demandsOf } from "./demand";
import { type DiskReport, diskReport } from "./disks";
import { type Disruption, disruptionOf } from "./disruption";
import type { MachineChange } from "./machines";
import type { SiteSeen } from "./sites";
import { type HostLoss, hostLosses, type RankChange, rankChange, type Survival, survivalOf } from "./survival";

/** What is told of one site. */
export interface SiteReport {
  /** The site's name, if there is one. */
  site?: string;
  disruption: Disruption;
  survival: Survival;
  rank: RankChange;
  capacity: { needed?: { cpus: number; memoryGiB: number }; hosts: HostLoss[] };
  /** For how long it goes on without an `up`. */
  alone: TimeAlone;
  /** What its machines take from the hosts. */
  demands: Demands;
  /** Of the members that run; left out where none was measured. */
  disks?: DiskReport;
  /** What somebody broke without Pulumi, and the change puts right. */
  broken: string[];
  drawing?: Drawing;
}

/** What is drawn: the site as it would be, and what each failure takes along. */
export interface Drawing {
  facts: Facts;
  failures: (Failure & { down: string[]; wiped: string[] })[];
  /** Machines that the change deletes, where they are. */
  gone: Facts["machines"];
}

/** A site as it is and as it would be. */
export interface SiteChange {
  before?: Facts;
  after?: Facts;
  /** What runs; none of it if `before` is only described. */
  running?: Facts;
  /** What happens to the site's machines. */
  machines: readonly MachineChange[];
  /** Machines that are changed one after another. */
  applied: ReadonlySet<string>;
  /** Until when what runs goes on; of a stack with several sites, the first of all. */
  alone?: Alone;
}

export function siteReport({ before, after, running, machines, applied, alone }: SiteChange): SiteReport {
  const workload = after?.workload;
  const site = after?.site ?? before?.site;
  const disks = diskReport(running, after);
  return {
    ...(site !== undefined && { site }),
    disruption: disruptionOf(machines, running, after, applied),
    survival: survivalOf(before, after),
    rank: rankChange(before, after),
    capacity: { ...(workload && { needed: workload }), hosts: hostLosses(before, after) },
    alone: timeAlone(before, after, alone),
    demands: demandsOf(before, after),
    ...(disks && { disks }),
    broken: brokenOutside(running, after, machines),
    ...(after && { drawing: drawingOf(after, running, machines) }),
  };
}

/** A disk that was moved by hand is where nobody wants it, although the program would move it back. */
function brokenOutside(
  running: Facts | undefined,
  after: Facts | undefined,
  machines: readonly MachineChange[],
): string[] {
  if (running === undefined || machines.every(({ drift }) => drift.length === 0)) return [];
  const refused = (facts: Facts) =>
    checkRules(facts)
      .filter(({ severity }) => severity === "mandatory")
      .map(formatFinding);
  const later = after ? refused(after) : [];
  return refused(running).filter((finding) => !later.includes(finding));
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

/** A site at both times. One that is renamed is the same where a stack has no other. */
export interface SitePair {
  running?: SiteSeen;
  seen?: SiteSeen;
}

export function pairsOf(running: readonly SiteSeen[], seen: readonly SiteSeen[]): SitePair[] {
  const [was, is] = [running[0], seen[0]];
  if (running.length === 1 && seen.length === 1 && was && is) return [{ running: was, seen: is }];
  const nameOf = ({ plan }: SiteSeen) => plan.site;
  const names = [...new Set([...seen, ...running].map(nameOf))];
  return names.map((name) => ({
    running: running.find((site) => nameOf(site) === name),
    seen: seen.find((site) => nameOf(site) === name),
  }));
}

/** The changes of a site's machines. */
export function ofSite(machines: readonly MachineChange[], ...facts: (Facts | undefined)[]): MachineChange[] {
  const own = new Set(facts.flatMap((those) => those?.machines.map(({ name }) => name) ?? []));
  return machines.filter(({ machine }) => own.has(machine));
}
