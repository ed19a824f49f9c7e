import { DefaultLogger, NativeConnection, Runtime, Worker } from "@temporalio/worker";
import type { WorkerOptions } from "../fleet/engine";
import { activitiesOf, watchActivitiesOf } from "./activities";
import { workflowBundle } from "./bundle";
import { connected, settingsOf } from "./connection";
import { MAIN_QUEUE, queueFor } from "./queues";

/** At most so many steps at once: the rollout's own limits are the ones that count. */
const MOST_STEPS = 200;

/** Takes work until the process is told to end; the work of a site goes on with the next worker then. */
export async function work({ work, watch, of, ...where }: WorkerOptions, ready: () => void): Promise<void> {
  // Its refusals say what to do, those of the worker's own connection do not.
  const { client } = await connected(where);
  await client.connection.close();
  quiet();
  const { options, namespace } = settingsOf(where);
  const connection = await NativeConnection.connect(options);
  try {
    const queues = of.length > 0 ? of.map(({ label, value }) => queueFor(label, value)) : [MAIN_QUEUE];
    const bundle = of.length > 0 ? undefined : await workflowBundle();
    const workers = await Promise.all(
      queues.map((taskQueue) =>
        Worker.create({
          connection,
          namespace,
          taskQueue,
          activities: { ...activitiesOf(work), ...(watch && watchActivitiesOf(watch)) },
          maxConcurrentActivityTaskExecutions: MOST_STEPS,
          shutdownGraceTime: "5s",
          ...(bundle && { workflowBundle: bundle }),
        }),
      ),
    );
    ready();
    await Promise.all(workers.map((worker) => worker.run()));
  } finally {
    await connection.close();
  }
}

let isQuiet = false;
function quiet(): void {
  if (!isQuiet) Runtime.install({ logger: new DefaultLogger("ERROR") });
  isQuiet = true;
}
