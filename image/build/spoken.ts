import type { Progress } from "./run";

/**
 * Runs what takes a while where nothing can be written over: says now and then that it goes on, for how long, and what it said last.
 *
 * @param every milliseconds between two lines; half a minute by default
 */
export async function spoken(
  title: string,
  run: (progress: Progress) => Promise<void>,
  { every = 30_000, say = console.log as (line: string) => void } = {},
): Promise<void> {
  const begun = Date.now();
  let last = "";
  const timer = setInterval(() => say(`  ${title}: ${elapsed(Date.now() - begun)}${last && `; ${last}`}`), every);
  try {
    await run((line) => {
      last = line.trim().slice(0, 100);
    });
  } finally {
    clearInterval(timer);
  }
}

function elapsed(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
