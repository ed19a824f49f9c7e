import { existsSync } from "node:fs";
import { join } from "node:path";
import { DateTime } from "luxon";
import { type DrillNights, type WatchTimes, watchSchema } from "../../fleet/file/schema";
import { type ServiceAddress, USUAL_PACE } from "../../fleet/rollout/service";
import { drillProblems, drillsOf, nightOf } from "../../fleet/watch/drills";
import { drillAddresses } from "../../fleet/watch/place";
import type { Scheduled, WatchService } from "../../fleet/watch/service";
import type { WatchedSite } from "../../fleet/watch/work";
import { UnusableInput } from "../../site/description/unusableInput";
import { specOf } from "../backup/running";
import { table } from "../output/table";
import { type Project, projectIn, stackFile } from "../report/project";
import { fleetEngine } from "../rollout/engine";
import { policyIn } from "../rollout/policy";
import { FLEET_FILE, fleetIn } from "./render";
import { watchWork } from "./watchWork";

export interface WatchOptions extends ServiceAddress {
  project: string;
  queueBy?: string;
  now?: boolean;
  end?: boolean;
}

/** Nights that are shown ahead. */
const AHEAD = 14;

/** Has a fleet watched, by what its file says; what a person reads of it. */
export async function watch({ project: folder, address, namespace, ...options }: WatchOptions): Promise<string> {
  const project = projectIn(folder);
  if (options.end) return within({ address, namespace }, project, endIt);
  const times = await timesOf(project);
  const sites = await watchWork(project).sites();
  return within({ address, namespace }, project, async (service) => {
    const pace = { ...USUAL_PACE, ...(options.queueBy !== undefined && { queueBy: options.queueBy }) };
    const scheduled = await service.set(times, pace);
    if (options.now) await service.lookNow();
    return [
      ...scheduled.map((one) => `${one.what.padEnd(8)} ${nextOf(one, times.timeZone)}`),
      ...(options.now ? ["now      every site is looked at; see `groundwork fleet status`"] : []),
      ...(times.drills ? ["", nights(sites, times.drills, times.timeZone)] : []),
      "",
    ].join("\n");
  });
}

async function endIt(service: WatchService): Promise<string> {
  return (await service.end()) ? "nothing is watched any more\n" : "nothing was watched\n";
}

/** @throws UnusableInput with everything that drills, or rollouts that mend, could not be made with */
async function timesOf(project: Project): Promise<WatchTimes> {
  if (!existsSync(join(project.folder, FLEET_FILE))) return watchSchema.parse({});
  const fleet = fleetIn(project);
  const { drills, repair } = fleet.watch;
  if (repair?.policy !== undefined) policyIn(join(project.folder, repair.policy));
  if (drills === undefined) return fleet.watch;
  const sites = await watchWork(project).sites();
  const problems = drillProblems(sites, drills);
  for (const { name } of sites) {
    const { network } = specOf({ stack: name, configFile: join(project.folder, stackFile(project, name)) });
    const place = drillAddresses(fleet, network.cidr);
    if ("problems" in place) problems.push(...place.problems);
  }
  if (problems.length === 0) return fleet.watch;
  const told = new Map(problems.map((problem) => [problem.path + problem.fact, problem]));
  throw new UnusableInput([...told.values()].map((one) => ({ ...one, path: `${FLEET_FILE} ${one.path}` })));
}

function nextOf({ next: [first] }: Scheduled, zone: string): string {
  return first === undefined
    ? "never"
    : `next ${DateTime.fromISO(first, { zone }).toFormat("ccc yyyy-MM-dd HH:mm ZZZZ", { locale: "en" })}`;
}

/** Whose drills are in the next nights. */
function nights(sites: readonly WatchedSite[], drills: DrillNights, zone: string): string {
  const tonight = nightOf(Date.now(), zone);
  const rows = Array.from({ length: AHEAD }, (_, i) => tonight + i).flatMap((night) => {
    const names = drillsOf(sites, drills, night);
    return names.length === 0 ? [] : [[new Date(night * 86_400_000).toISOString().slice(0, 10), names.join(", ")]];
  });
  return rows.length === 0 ? `no drill in the next ${AHEAD} nights` : table(["night", "drills"], rows);
}

async function within(
  where: ServiceAddress,
  { name }: Project,
  use: (service: WatchService) => Promise<string>,
): Promise<string> {
  const service = await fleetEngine().watch(where, name);
  try {
    return await use(service);
  } finally {
    await service.close();
  }
}
