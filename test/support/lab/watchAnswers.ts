import { setTimeout as sleep } from "node:timers/promises";

/** Asks ten times a second until it is stopped, and says how long nobody answered at the longest, in ms. No answer is undefined. */
export function watchAnswers(ask: () => Promise<unknown>): { stop(): Promise<{ longest: number; answered: number }> } {
  let going = true;
  let [longest, answered, last] = [0, 0, Date.now()];
  const watching = (async () => {
    for (; going; await sleep(100)) {
      if ((await ask()) === undefined) continue;
      longest = Math.max(longest, Date.now() - last);
      last = Date.now();
      answered++;
    }
  })();
  return {
    stop: async () => {
      going = false;
      await watching;
      return { longest: Math.max(longest, Date.now() - last), answered };
    },
  };
}
