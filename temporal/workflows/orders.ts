import { ApplicationFailure } from "@temporalio/common";
import { setHandler } from "@temporalio/workflow";
import type { Progress, RolloutEvent } from "../../fleet/rollout/history";
import type { RolloutPlan } from "../../fleet/rollout/schema";
import { abortUpdate, approveUpdate, pauseUpdate, resumeUpdate, retryUpdate } from "./messages";

/** What happened, before it has a time. */
export type News = RolloutEvent extends infer One ? (One extends unknown ? Omit<One, "at"> : never) : never;

/** Takes what a person orders. An order that is followed already changes nothing; one that cannot be is refused with the reason. */
export function handleOrders(plan: RolloutPlan, progressNow: () => Progress, tell: (one: News) => void): void {
  const goesOn = () => {
    if (progressNow().aborted) refuse("rollout", "it was aborted", "plan another one");
  };
  setHandler(pauseUpdate, () => void (progressNow().paused || tell({ event: "paused" })), { validator: goesOn });
  setHandler(resumeUpdate, () => void (progressNow().paused && tell({ event: "resumed" })), { validator: goesOn });
  setHandler(abortUpdate, () => void (progressNow().aborted || tell({ event: "aborted" })));
  setHandler(approveUpdate, (wave) => void (progressNow().approved.has(wave) || tell({ event: "approved", wave })), {
    validator: (wave) => {
      goesOn();
      const { approval } = plan.policy;
      const last = approval === "every-wave" ? plan.waves.length - 1 : approval === "after-canaries" ? 1 : 0;
      if (wave < 1 || wave > last || wave >= plan.waves.length)
        refuse("wave", `no wave ${wave} waits for an approval in this rollout`, "see `groundwork rollout status`");
    },
  });
  const failed = (progress: Progress) =>
    plan.waves.flat().filter((site) => ["failed", "timed-out"].includes(progress.of(site).is));
  setHandler(
    retryUpdate,
    (named: string[]): string[] => {
      const again = named.length > 0 ? [...new Set(named)] : failed(progressNow());
      for (const site of again) tell({ event: "retry", site });
      return again;
    },
    {
      validator: (named) => {
        goesOn();
        const those = failed(progressNow());
        if (those.length === 0) refuse("rollout", "no site of it has failed", "see `groundwork rollout status`");
        const other = named.find((site: string) => !those.includes(site));
        if (other !== undefined)
          refuse(`site ${other}`, "it has not failed in this rollout", `name one of ${those.join(", ")}`);
      },
    },
  );
}

function refuse(path: string, fact: string, fix: string): never {
  throw ApplicationFailure.nonRetryable(`${path}: ${fact}; ${fix}`, "refused");
}
