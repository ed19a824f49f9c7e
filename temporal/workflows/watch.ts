import {
  ActivityCancellationType,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  workflowInfo,
} from "@temporalio/workflow";
import type { Pace } from "../../fleet/rollout/service";
import { drillsOf, nightOf } from "../../fleet/watch/drills";
import type { WatchInput } from "../../fleet/watch/service";
import type { Finding, WatchedSite } from "../../fleet/watch/work";
import { MAIN_QUEUE, queueOf } from "../queues";
import { askSignal, changeId } from "./messages";
import { endOf } from "./work";

/** The activities of watching, as workflows see them. */
export interface WatchActivities {
  sites(): Promise<WatchedSite[]>;
  look(site: string): Promise<Finding>;
  keep(findings: Finding[]): Promise<Finding[]>;
  tell(findings: Finding[]): Promise<void>;
  repair(sites: string[]): Promise<void>;
  drill(site: string): Promise<void>;
}

/** Sites after which what was found is kept, and told. */
const BATCH = 50;

/** A look at every site, so many at once; what is new is told beside it, for a webhook may take its time. */
export async function looks(input: WatchInput & { waiting?: WatchedSite[]; mended?: string[] }): Promise<void> {
  const { project, pace, atOnce, repair } = input;
  /** Sites that are to be mended once all were looked at: one rollout for all of them. */
  const mended = input.mended ?? [];
  const waiting = input.waiting ?? (await main(pace).sites());
  while (waiting.length > 0) {
    const batch = waiting.splice(0, BATCH);
    const findings: Finding[] = [];
    const inTurn = async () => {
      for (let site = batch.shift(); site !== undefined; site = batch.shift())
        if (!(await isChanging(project, site.name))) findings.push(await found(site, pace));
    };
    await Promise.all(Array.from({ length: atOnce }, inTurn));
    mended.push(...findings.filter((one) => isMended(one, repair)).map(({ site }) => site));
    const news = await main(pace).keep(findings);
    if (news.length > 0) await apart(tell, `${workflowInfo().workflowId}/tell-${waiting.length}`, { news, pace });
    if (waiting.length > 0 && workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof looks>({ ...input, waiting, mended });
  }
  // Of a run that a worker without this has begun, nothing is to be mended.
  if (mended.length > 0) await main(pace).repair(mended);
}

/** Tells a webhook, which is tried again for a day. */
export async function tell({ news, pace }: { news: Finding[]; pace: Pace }): Promise<void> {
  await main(pace).tell(news);
}

/** The drills of a night, one after another. */
export async function drills({ project, pace, timeZone, drills }: WatchInput): Promise<void> {
  if (drills === undefined) return;
  const all = await main(pace).sites();
  for (const name of drillsOf(all, drills, nightOf(Date.now(), timeZone))) {
    const site = all.find((one) => one.name === name) as WatchedSite;
    try {
      const id = changeId(project, name);
      const begun = await startChild(drill, { workflowId: id, args: [{ site, pace }] });
      await begun.result();
    } catch (error) {
      if (isCancellation(error)) throw error;
      // It is being changed, and has its drill the next time; one that failed is told by its record.
    }
  }
}

/** One drill. It has the id of the site's change: none of both begins while the other goes on. */
export async function drill({ site, pace }: { site: WatchedSite; pace: Pace }): Promise<void> {
  setHandler(askSignal, () => {});
  await proxyActivities<WatchActivities>({
    taskQueue: queueOf(site, pace.queueBy),
    scheduleToStartTimeout: pace.awayAfter * 1000,
    startToCloseTimeout: "4 hours",
    heartbeatTimeout: pace.silence * 1000,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { maximumAttempts: 3, nonRetryableErrorTypes: ["failed"] },
  }).drill(site.name);
}

function main({ silence, askAgain }: Pace) {
  return proxyActivities<WatchActivities>({
    taskQueue: MAIN_QUEUE,
    scheduleToCloseTimeout: "1 day",
    heartbeatTimeout: silence * 1000,
    retry: { initialInterval: askAgain * 1000, maximumInterval: askAgain * 60_000 },
  });
}

/** An `up` mends all of it or nothing: what its owner left to a person holds the rest. */
function isMended({ mends = [] }: Finding, repair: WatchInput["repair"]): boolean {
  return mends.length > 0 && mends.every((kind) => repair?.what.includes(kind));
}

async function found(site: WatchedSite, pace: Pace): Promise<Finding> {
  const look = proxyActivities<WatchActivities>({
    taskQueue: queueOf(site, pace.queueBy),
    scheduleToStartTimeout: pace.awayAfter * 1000,
    startToCloseTimeout: "1 hour",
    heartbeatTimeout: pace.silence * 1000,
    retry: { maximumAttempts: 3, nonRetryableErrorTypes: ["failed"] },
  });
  try {
    return await look.look(site.name);
  } catch (error) {
    const at = new Date(Date.now()).toISOString();
    return { site: site.name, at, is: "unseen", what: [endOf(error).why] };
  }
}

/** Whether a change goes on at a site: what is seen then is neither what was nor what is to be. */
function isChanging(project: string, site: string): Promise<boolean> {
  return getExternalWorkflowHandle(changeId(project, site))
    .signal(askSignal)
    .then(
      () => true,
      () => false,
    );
}

async function apart<T>(workflow: (input: T) => Promise<void>, workflowId: string, input: T): Promise<void> {
  await startChild(workflow, { workflowId, args: [input], parentClosePolicy: ParentClosePolicy.ABANDON });
}
