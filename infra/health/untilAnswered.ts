import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "../../sdks/kubernetes/api";

/** Milliseconds between two tries, and how many there are. */
export const PAUSE = 3000;
export const TRIES = 4;

/**
 * Asks again while nobody answers: the address may be on its way from one load balancer to another, and HAProxy closes connections when it
 * starts again with further servers. What the API refuses is an answer; what it or HAProxy cannot do now (5xx) is none.
 *
 * @throws what the last try did
 */
export async function untilAnswered<T>(ask: () => Promise<T>, pause = PAUSE): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries === TRIES || (error instanceof ApiError && error.status < 500)) throw error;
    }
    await sleep(pause);
  }
}
