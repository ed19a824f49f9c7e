import type { Client } from "@temporalio/client";
import { defaultPayloadConverter } from "@temporalio/common";
import type { temporal } from "@temporalio/proto";
import type { RolloutEvent, SiteEvent } from "../../fleet/rollout/history";

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayloads | null | undefined;
type Failure = temporal.api.failure.v1.IFailure | null | undefined;

/** What Temporal's own histories show of a rollout, in the order in which the server wrote it down. */
export interface Evidence {
  events: RolloutEvent[];
  /** How often a change of each site was completed. */
  completed: Map<string, number>;
  /** How often a change was taken up again after its worker had ended. */
  takenUp: number;
  /** Events of the longest run, and the number of runs, of the rollout's own workflow. */
  longestRun: number;
  runs: number;
}

type Fact = { time: bigint } & (
  | { kind: "site"; event: SiteEvent; site: string; why?: string }
  | { kind: "wave"; event: "approved"; wave: number }
  | { kind: "order"; event: "paused" | "resumed" | "aborted" }
  | { kind: "healthy"; sites: string[] }
  | { kind: "retry"; sites: string[] }
);

/**
 * Reads a rollout's histories: its own, run by run, and that of each change. Of the rollout's own word for what happened nothing is
 * taken: a site begins when the server was told to begin its change, and ends with the result of the work there that the server has. An
 * end counts from when the server had told the rollout of it, for before that nobody could go by it.
 *
 * @param rollout the rollout's workflow id
 * @param waves the sites of each wave of its plan
 */
export async function evidenceOf(
  client: Client,
  rollout: string,
  waves: readonly (readonly string[])[],
): Promise<Evidence> {
  const runs = await runsOf(client, rollout);
  const facts: Fact[] = [];
  const completed = new Map<string, number>();
  let takenUp = 0;
  for (const run of runs) facts.push(...ownFacts(run));
  const changes = runs.flat().flatMap(({ childWorkflowExecutionStartedEventAttributes: child }) => {
    const { workflowId, runId } = child?.workflowExecution ?? {};
    return workflowId && runId ? [{ workflowId, runId }] : [];
  });
  const told = toldAt(runs.flat());
  for (let i = 0; i < changes.length; i += AT_ONCE) {
    const some = changes.slice(i, i + AT_ONCE);
    const histories = await Promise.all(some.map(({ workflowId, runId }) => historyOf(client, workflowId, runId)));
    for (const [j, history] of histories.entries()) {
      const change = changeFacts(history, told.get(some[j]?.runId ?? ""));
      facts.push(...change.facts);
      if (change.isCompleted) completed.set(change.site, (completed.get(change.site) ?? 0) + 1);
      takenUp += change.takenUp;
    }
  }
  facts.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return {
    events: eventsOf(facts, waves),
    completed,
    takenUp,
    runs: runs.length,
    longestRun: Math.max(...runs.map(({ length }) => length)),
  };
}

const AT_ONCE = 20;

export async function historyOf(client: Client, workflowId: string, runId?: string): Promise<HistoryEvent[]> {
  return (await client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? [];
}

/** A workflow's runs, the first one first. */
export async function runsOf(client: Client, workflowId: string): Promise<HistoryEvent[][]> {
  const runs = [await historyOf(client, workflowId)];
  for (;;) {
    const before = runs[0]?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    if (!before) return runs;
    runs.unshift(await historyOf(client, workflowId, before));
  }
}

/** What a run of the rollout's own workflow shows. */
function ownFacts(run: readonly HistoryEvent[]): Fact[] {
  const scheduled = new Map<string, { step: string; sites: string[] }>();
  const asked = new Map<string, string>();
  let decided = 0n;
  return run.flatMap((event): Fact[] => {
    if (event.workflowTaskStartedEventAttributes) decided = timeOf(event);
    const time = isDecision(event) ? decided : timeOf(event);
    const site = (name: SiteEvent, of: string, why?: string): Fact[] => [
      { time, kind: "site", event: name, site: of, ...(why && { why }) },
    ];
    const {
      activityTaskScheduledEventAttributes: begun,
      activityTaskCompletedEventAttributes: done,
      startChildWorkflowExecutionInitiatedEventAttributes: change,
      startChildWorkflowExecutionFailedEventAttributes: taken,
      workflowExecutionUpdateAcceptedEventAttributes: update,
      signalExternalWorkflowExecutionInitiatedEventAttributes: asks,
      signalExternalWorkflowExecutionFailedEventAttributes: unheard,
      requestCancelExternalWorkflowExecutionInitiatedEventAttributes: late,
    } = event;
    const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
    if (begun) {
      const [input] = valuesOf(begun.input);
      const sites = Array.isArray(input) ? (input as string[]) : [(input as { site: string }).site];
      scheduled.set(String(event.eventId), { step: begun.activityType?.name ?? "", sites });
    } else if (done || failed) {
      const { step, sites } = scheduled.get(String((done ?? failed)?.scheduledEventId)) ?? { step: "", sites: [] };
      if (step === "health") return done ? [{ time, kind: "healthy", sites }] : [];
      const [of = ""] = sites;
      if (step === "stage") return done ? site("staged", of) : site(isAway(failed?.failure) ? "away" : "refused", of);
      return site("back", of);
    } else if (change) return site("started", siteIn(change.workflowId));
    else if (taken) return site("away", siteIn(taken.workflowId), "it is being changed already");
    else if (late) return site("timed-out", siteIn(late.workflowExecution?.workflowId));
    else if (asks?.signalName === "ask") asked.set(String(event.eventId), siteIn(asks.workflowExecution?.workflowId));
    else if (unheard) {
      const of = asked.get(String(unheard.initiatedEventId));
      return of === undefined ? [] : site("back", of);
    } else if (update) {
      const { name, args } = update.acceptedRequest?.input ?? {};
      const [given] = valuesOf(args);
      if (name === "approve") return [{ time, kind: "wave", event: "approved", wave: given as number }];
      if (name === "retry") return [{ time, kind: "retry", sites: given as string[] }];
      const event = ({ pause: "paused", resume: "resumed", abort: "aborted" } as const)[name as "pause"];
      return [{ time, kind: "order", event }];
    }
    return [];
  });
}

/** What the workflow itself did stands in its history when the server has heard of it; it was decided when the workflow was asked. */
function isDecision(event: HistoryEvent): boolean {
  return Boolean(
    event.startChildWorkflowExecutionInitiatedEventAttributes ??
      event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes ??
      event.workflowExecutionUpdateAcceptedEventAttributes,
  );
}

/** When a rollout was told of the end of each change, by the change's run. */
function toldAt(events: readonly HistoryEvent[]): Map<string, bigint> {
  return new Map(
    events.flatMap((event): [string, bigint][] => {
      const { signalName, externalWorkflowExecution } = event.workflowExecutionSignaledEventAttributes ?? {};
      const run = externalWorkflowExecution?.runId;
      return signalName === "changeEnded" && run ? [[run, timeOf(event)]] : [];
    }),
  );
}

/**
 * What the workflow of one site's change shows: its end, and whether the work was completed.
 *
 * @param told when the rollout was told of it; undefined if it was not
 */
function changeFacts(history: readonly HistoryEvent[], told: bigint | undefined) {
  const started = history[0]?.workflowExecutionStartedEventAttributes;
  const site = siteIn(started?.workflowId);
  const steps = new Map<string, string>();
  const facts: Fact[] = [];
  let [isCompleted, takenUp] = [false, 0];
  const ended = (event: HistoryEvent, is: SiteEvent) =>
    facts.push({ time: told ?? timeOf(event), kind: "site", event: is, site });
  for (const event of history) {
    const begun = event.activityTaskScheduledEventAttributes;
    if (begun) steps.set(String(event.eventId), begun.activityType?.name ?? "");
    const done = event.activityTaskCompletedEventAttributes;
    const failed =
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    const step = steps.get(String((done ?? failed)?.scheduledEventId));
    if (step === "apply") takenUp += (attemptOf(history, event) ?? 1) - 1;
    if (done && step === "apply") {
      isCompleted = true;
      ended(event, "succeeded");
    } else if (failed && step !== undefined) {
      const failure = "failure" in failed ? failed.failure : undefined;
      ended(event, step === "admit" && isAway(failure) ? "away" : "failed");
    }
  }
  // One that was ended before anything of it began shows no more than its own end.
  const last = history.at(-1);
  if (facts.length === 0 && last?.workflowExecutionCompletedEventAttributes) ended(last, "failed");
  return { site, facts, isCompleted, takenUp };
}

/** The attempt that an activity's end belongs to. */
function attemptOf(history: readonly HistoryEvent[], end: HistoryEvent): number | undefined {
  const id = (end.activityTaskCompletedEventAttributes ?? end.activityTaskFailedEventAttributes)?.startedEventId;
  const start = history.find(({ eventId }) => String(eventId) === String(id));
  return start?.activityTaskStartedEventAttributes?.attempt ?? undefined;
}

/** Facts as events of a rollout. A wave is healthy when each of its changed sites was found so. */
function eventsOf(facts: readonly Fact[], waves: readonly (readonly string[])[]): RolloutEvent[] {
  const events: RolloutEvent[] = [];
  const found = new Set<string>();
  const is = new Map<string, SiteEvent>();
  const healthy = new Set<number>();
  for (const fact of facts) {
    const at = new Date(Number(fact.time / 1_000_000n)).toISOString();
    const findHealthy = () => {
      for (const [wave, names] of waves.entries()) {
        const changed = names.filter((name) => is.get(name) === "succeeded");
        if (healthy.has(wave) || !changed.every((name) => found.has(name))) continue;
        healthy.add(wave);
        events.push({ at, event: "healthy", wave });
      }
    };
    const tell = (event: SiteEvent, site: string, why?: string) => {
      // Whatever was found before is not what it has now.
      if (event === "succeeded") {
        found.delete(site);
        healthy.delete(waves.findIndex((names) => names.includes(site)));
      }
      // One that is asked whether its change, which was told to end, still goes on, was not away.
      if (event !== "back" || is.get(site) === "away") is.set(site, event);
      events.push({ at, event, site, ...(why !== undefined && { why }) });
    };
    if (fact.kind === "healthy") for (const name of fact.sites) found.add(name);
    else if (fact.kind === "retry") {
      const failed = [...is].flatMap(([name, one]) => (FAILURES.has(one) ? [name] : []));
      for (const site of fact.sites.length > 0 ? fact.sites : failed) tell("retry", site);
    } else if (fact.kind === "site") {
      if (fact.event === "started") findHealthy();
      // It had just ended by itself.
      if (fact.event === "timed-out" && is.get(fact.site) !== "started") continue;
      tell(fact.event, fact.site, fact.why);
    } else if (fact.kind === "wave") events.push({ at, event: fact.event, wave: fact.wave });
    else events.push({ at, event: fact.event });
  }
  return events;
}

const FAILURES: ReadonlySet<SiteEvent> = new Set(["failed", "timed-out", "refused"]);

function isAway(failure: Failure): boolean {
  const { applicationFailureInfo: own, timeoutFailureInfo: late } = failure ?? {};
  return own?.type === "away" || late?.timeoutType === SCHEDULE_TO_START;
}

/** `TIMEOUT_TYPE_SCHEDULE_TO_START` of Temporal's API. */
const SCHEDULE_TO_START = 2;

/** The site of a change's workflow id. */
function siteIn(workflowId: string | null | undefined): string {
  return workflowId?.split("/").at(-1) ?? "";
}

function valuesOf(payloads: Payloads): unknown[] {
  return (payloads?.payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload));
}

/** In nanoseconds. */
function timeOf({ eventTime }: HistoryEvent): bigint {
  return BigInt(String(eventTime?.seconds ?? 0)) * 1_000_000_000n + BigInt(eventTime?.nanos ?? 0);
}
