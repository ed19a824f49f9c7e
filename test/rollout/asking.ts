import { setTimeout as sleep } from "node:timers/promises";
import type { RolloutService } from "../../fleet/rollout/service";
import type { RolloutStatus } from "../../fleet/rollout/status";

/** A rollout's status when it is as wanted. */
export async function seenOf(
  rollouts: RolloutService,
  id: string,
  isWanted: (status: RolloutStatus) => boolean,
): Promise<RolloutStatus> {
  for (;;) {
    const { status } = await rollouts.status(id);
    if (isWanted(status)) return status;
    await sleep(100);
  }
}

/** What a promise was refused with; nothing if it was kept. */
export function message(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "",
    (error: Error) => error.message,
  );
}
