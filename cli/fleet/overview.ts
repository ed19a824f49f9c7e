import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hasLabels } from "../../fleet/file/read";
import { type FleetOverview, inOrder, type SiteLine } from "../../fleet/overview/model";
import type { Finding } from "../../fleet/watch/work";
import { readSite } from "../../site/description/parse";
import { printable } from "../../site/description/problem";
import type { SiteSpec } from "../../site/description/spec";
import { UnusableInput } from "../../site/description/unusableInput";
import { factsOfPlan } from "../../site/facts/plan";
import { rankOf } from "../../site/judge/rank";
import type { DrillRecord } from "../../site/life/drill";
import { planSite } from "../../site/plan/plan";
import { readDocument, siteIn } from "../input/document";
import { type Project, stackFile, stacksOf } from "../report/project";
import { labelsIn } from "../rollout/candidates";
import { NoSite } from "../stack/state";
import type { Status } from "../status/model";
import { statusNow } from "../status/now";
import { Findings } from "./findings";
import { FLEET_FILE, fleetIn } from "./render";

/** A stack of the project, and what its description says or why it says nothing. */
interface Described {
  stack: string;
  labels: Record<string, string>;
  spec?: SiteSpec;
  problem?: string;
}

/** Asks one site how it is. @throws if its state cannot be read, or no site is up in it */
export type Ask = (project: Project, stack: string) => Promise<Status>;

export interface OverviewOptions {
  /** Labels with values that a site must have, `town=fulda`. */
  sites: readonly string[];
  /** How many sites are asked at once. */
  parallel: number;
  /** Told as each site has answered. */
  progress?: (line: string) => void;
  ask?: Ask;
  /** What `fleet watch` found. */
  watched?: Findings;
}

/**
 * How every site of a project is, so many asked at once. One that cannot be asked is a line as well.
 *
 * @throws UnusableInput for labels that there are not
 */
export async function overviewOf(project: Project, options: OverviewOptions): Promise<FleetOverview> {
  const { parallel, progress = () => {}, ask = statusNow, watched = Findings.of(project) } = options;
  const { findings, untold, repair } = watched.read();
  const waiting = describedIn(project, options.sites);
  const [all, lines] = [waiting.length, [] as SiteLine[]];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const line = withFinding(await lineOf(project, next, ask), findings[next.stack]);
      lines.push(line);
      progress(`${lines.length} of ${all}: ${line.stack}: ${line.state}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, all) }, worker));
  return {
    version: 1,
    at: new Date().toISOString(),
    ...(untold && { untold }),
    ...(repair && { repair }),
    sites: inOrder(lines),
  };
}

/** What the last look found is one more need of a site that answers: what is asked now does not see it. */
function withFinding(line: SiteLine, finding: Finding | undefined): SiteLine {
  if (finding === undefined) return line;
  const known = { ...line, watched: finding.at };
  const what = finding.what.filter((one) => !line.needs.some((need) => need.what === one));
  if (finding.is !== "found" || what.length === 0) return known;
  const more = what.length > 1 ? `, and ${what.length - 1} more` : "";
  const need = {
    what: `found on ${finding.at.slice(0, 16).replace("T", " ")}: ${printable(what[0] ?? "")}${more}`,
    run: `npx groundwork report --stack ${line.stack} --refresh; when it is mended, npx groundwork fleet watch --now`,
  };
  return { ...known, state: line.state === "well" ? "needs a person" : line.state, needs: [...line.needs, need] };
}

function describedIn(project: Project, wanted: readonly string[]): Described[] {
  const fleet = existsSync(join(project.folder, FLEET_FILE)) ? fleetIn(project) : undefined;
  const labels = labelsIn(wanted, fleet);
  return stacksOf(project).flatMap((stack): Described[] => {
    const own = fleet?.sites[stack];
    if (wanted.length > 0 && !(own && hasLabels(own, labels))) return [];
    const named = { stack, labels: own?.labels ?? {} };
    try {
      const document = readDocument(join(project.folder, stackFile(project, stack)));
      const site = siteIn(document);
      if (site === document) return [];
      const read = readSite(site);
      if ("spec" in read) return [{ ...named, spec: read.spec }];
      const [first] = read.problems;
      return [{ ...named, problem: `its description cannot be used: ${first?.path}: ${first?.fact}` }];
    } catch (error) {
      return [{ ...named, problem: messageOf(error) }];
    }
  });
}

async function lineOf(project: Project, { stack, labels, spec, problem }: Described, ask: Ask): Promise<SiteLine> {
  const drill = drillOf(project, stack);
  const line = { stack, site: spec?.name ?? stack, labels, notes: [], ...(drill && { drill }) };
  if (spec === undefined) return { ...line, state: "unseen", needs: [{ what: problem ?? "it is not described" }] };
  try {
    const facts = factsOfPlan(planSite(spec));
    const { rung, of, hosts } = rankOf(facts);
    const known = { ...line, rank: { rung, of, hosts } };
    try {
      return { ...known, ...seen(await ask(project, stack)) };
    } catch (error) {
      const what = messageOf(error);
      return { ...known, state: error instanceof NoSite ? "not up" : "unseen", needs: [{ what }] };
    }
  } catch (error) {
    return { ...line, state: "unseen", needs: [{ what: messageOf(error) }] };
  }
}

function seen(status: Status): Pick<SiteLine, "state" | "needs" | "notes"> & Partial<SiteLine> {
  const { well, needs, notes, fatal, kubernetes, etcd, alone, backup } = status;
  return {
    state: well ? "well" : "needs a person",
    needs,
    notes,
    fatal: fatal.length,
    kubernetes: kubernetes.join(", "),
    etcd: etcd.join(", "),
    ...(alone && { alone: { until: alone.until, days: alone.days } }),
    backup,
  };
}

/** What is on record of a site's last drill; a record that cannot be read is none. */
function drillOf({ folder }: Project, stack: string): SiteLine["drill"] {
  try {
    const file = join(folder, "drills", `${stack}.json`);
    if (!existsSync(file)) return undefined;
    const { time, passed, rpoSeconds, rtoSeconds } = JSON.parse(readFileSync(file, "utf8")) as DrillRecord;
    return {
      time,
      passed,
      ...(rpoSeconds !== undefined && { rpoSeconds }),
      ...(rtoSeconds !== undefined && { rtoSeconds }),
    };
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof UnusableInput) return printable(error.message.split("\n")[0] ?? "");
  return printable(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
}
