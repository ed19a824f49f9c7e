import { defineQuery, defineSignal, defineUpdate } from "@temporalio/workflow";
import type { RolloutEvent } from "../../fleet/rollout/history";
import type { RolloutPlan } from "../../fleet/rollout/schema";
import type { Pace } from "../../fleet/rollout/service";
import type { RolloutStatus } from "../../fleet/rollout/status";
import type { SiteOrder } from "../../fleet/rollout/work";

/** What a rollout is begun with, and goes on with when its history is cut. */
export interface RolloutInput {
  /** The Pulumi project, so that two of them with sites of one name do not meet. */
  project: string;
  plan: RolloutPlan;
  pace: Pace;
  /** What happened so far. */
  history?: RolloutEvent[];
}

/** The id of a site's change: one for all rollouts of a project. */
export function changeId(project: string, site: string): string {
  return `groundwork/${project}/site/${site}`;
}

/** What the workflow of one site's change is begun with. */
export interface ChangeInput {
  order: SiteOrder;
  /** The rollout's workflow, which is told how it ended. */
  rollout: string;
  queue: string;
  /** How long it may take, in minutes. */
  minutes: number;
  pace: Pace;
}

/** How a site's change ended. */
export interface ChangeEnd {
  site: string;
  event: "succeeded" | "failed" | "away";
  why?: string;
}

export const statusQuery = defineQuery<RolloutStatus>("status");
export const changeEnded = defineSignal<[ChangeEnd]>("changeEnded");
/** Whoever wants to change the site next asks by it whether this change still goes on. */
export const askSignal = defineSignal("ask");
export const pauseUpdate = defineUpdate<void>("pause");
export const resumeUpdate = defineUpdate<void>("resume");
export const abortUpdate = defineUpdate<void>("abort");
/** A wave's number. */
export const approveUpdate = defineUpdate<void, [number]>("approve");
/** Sites; none means all that failed. Answers with those that are taken up again. */
export const retryUpdate = defineUpdate<string[], [string[]]>("retry");
