import { setTimeout as sleep } from "node:timers/promises";

/** Waits until a program that was started answers that it is well. */
export async function served(health: () => Promise<string>): Promise<void> {
  for (const end = Date.now() + 60_000; ; await sleep(100)) {
    if ((await health().catch(() => "")) === "OK") return;
    if (Date.now() > end) throw new Error("it does not answer after a minute");
  }
}
