import type { Progress } from "../../image/build/run";
import { spoken } from "../../image/build/spoken";

/** A part of a long command: says on standard error what begins, and now and then that it goes on. */
export function step(title: string, run: (progress: Progress) => Promise<void>): Promise<void> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  say(title);
  return spoken(title, run, { say });
}
