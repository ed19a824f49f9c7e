import { ActivityFailure, ApplicationFailure, TimeoutFailure } from "@temporalio/common";
import { ActivityCancellationType, proxyActivities } from "@temporalio/workflow";
import type { Probe } from "../../fleet/rollout/schema";
import type { Pace } from "../../fleet/rollout/service";
import type { SiteOrder } from "../../fleet/rollout/work";

/** The activities, as workflows see them. */
export interface Activities {
  stage(order: SiteOrder): Promise<void>;
  admit(order: SiteOrder): Promise<void>;
  apply(order: SiteOrder): Promise<void>;
  /** Fails as long as one of them is not healthy. */
  health(sites: string[], probe?: Probe): Promise<void>;
}

/** Steps that change nothing: a worker has to take them soon, and they are tried again where it ended meanwhile. */
export function steps(queue: string, { awayAfter, silence }: Pace) {
  return proxyActivities<Activities>({
    taskQueue: queue,
    scheduleToStartTimeout: awayAfter * 1000,
    startToCloseTimeout: "2 hours",
    heartbeatTimeout: silence * 1000,
    retry: {
      initialInterval: "1s",
      maximumInterval: "1 minute",
      nonRetryableErrorTypes: ["refused", "away", "failed"],
    },
  });
}

/** The change itself: begun, it goes on with the next worker for as long as the site has, and ends before its workflow does. */
export function changes(queue: string, { silence }: Pace, minutes: number) {
  return proxyActivities<Activities>({
    taskQueue: queue,
    scheduleToCloseTimeout: (minutes + 60) * 60_000,
    heartbeatTimeout: silence * 1000,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: "1s", maximumInterval: "1 minute", nonRetryableErrorTypes: ["refused", "failed"] },
  });
}

/** Asked again until it is so, by the service itself: that costs a workflow's history nothing. */
export function questions(queue: string, { silence, askAgain }: Pace) {
  return proxyActivities<Activities>({
    taskQueue: queue,
    startToCloseTimeout: "1 hour",
    heartbeatTimeout: silence * 1000,
    retry: {
      initialInterval: askAgain * 1000,
      maximumInterval: askAgain * 30_000,
      nonRetryableErrorTypes: ["refused", "failed"],
    },
  });
}

/** What a step's failure means for its site. */
export function endOf(error: unknown): { is: "refused" | "away" | "failed"; why: string } {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const is = cause.type === "refused" || cause.type === "away" ? cause.type : "failed";
    return { is, why: cause.message };
  }
  if (cause instanceof TimeoutFailure && cause.timeoutType === "SCHEDULE_TO_START")
    return { is: "away", why: "no worker takes its work" };
  return { is: "failed", why: cause instanceof Error ? cause.message : String(cause) };
}
