import { Listr, PRESET_TIMER } from "listr2";
import { spoken } from "../image/build/spoken";
import type { Progress } from "./toolchain/artifact";

/** One thing that takes a while. What it reports is shown under its title while it runs. */
export interface Step {
  title: string;
  run(progress: Progress): Promise<void>;
  /** Reason for which there is nothing to do, asked right before the step would start. */
  skip?(): string | false;
}

/**
 * Runs steps with their elapsed time shown: in place on a terminal, as lines elsewhere, where one that takes long says so now and then.
 *
 * @param concurrent how many at once; 1 by default
 */
export async function runSteps(steps: Step[], concurrent = 1): Promise<void> {
  const timed = { ...PRESET_TIMER, condition: true };
  await new Listr(
    steps.map(({ title, run, skip }) => ({
      title,
      skip: skip ? () => skip() : false,
      task: (_context, task) =>
        process.stdout.isTTY
          ? run((line) => {
              task.output = line;
            })
          : spoken(title, run),
    })),
    {
      concurrent: concurrent > 1 ? concurrent : false,
      renderer: "default",
      rendererOptions: { timer: timed, collapseErrors: false, outputBar: 1 } as never,
      fallbackRenderer: "simple",
      fallbackRendererOptions: { timer: timed } as never,
      registerSignalListeners: false,
    },
  ).run();
}
