import type { Candidate } from "../../fleet/rollout/plan";
import type { Requirements } from "../../fleet/rollout/schema";
import { age } from "../backup/state";
import type { Project } from "../report/project";
import { NoSite } from "../stack/state";
import type { Status } from "../status/model";
import { statusNow } from "../status/now";

type Verdict = Candidate["verdict"];

/** A verdict with what a site that is up lacks; one that is not up yet has nothing to lose. */
export async function withStanding(
  project: Project,
  site: string,
  verdict: Verdict,
  require: Requirements,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Verdict> {
  if (verdict.is === "unsafe") return verdict;
  try {
    const lacks = lacking(await statusNow(project, site, env), require);
    return lacks.length > 0 ? { is: "unsafe", reasons: lacks } : verdict;
  } catch (error) {
    if (error instanceof NoSite) return verdict;
    const [why = ""] = (error as Error).message.split("\n");
    return { is: "unjudged", reasons: [...verdict.reasons, why] };
  }
}

/** What of a rollout's requirements a site does not have, a sentence each. */
export function lacking(
  {
    at,
    certificate,
    lastBackup,
    lastPassedDrill,
  }: Pick<Status, "at" | "certificate" | "lastBackup" | "lastPassedDrill">,
  { backupHours, drillDays, certificateDays }: Requirements,
): string[] {
  const seconds = (time: string) => (Date.parse(at) - Date.parse(time)) / 1000;
  const older = (what: string, time: string | undefined, most: number, allowed: string): string[] => {
    if (time === undefined) return [`no ${what} of it is known, and one of the last ${allowed} is asked for`];
    return seconds(time) > most ? [`its last ${what} is ${age(seconds(time))} old, ${allowed} are allowed`] : [];
  };
  return [
    ...(backupHours === undefined ? [] : older("backup", lastBackup, backupHours * 3600, `${backupHours} h`)),
    ...(drillDays === undefined
      ? []
      : older("drill that passed", lastPassedDrill, drillDays * 86_400, `${drillDays} days`)),
    ...(certificateDays !== undefined && certificate !== undefined && certificate.days < certificateDays
      ? [`certificate ${certificate.id} ends in ${certificate.days} days, ${certificateDays} are asked for`]
      : []),
  ];
}
