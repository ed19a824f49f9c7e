import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { temporal } from "@temporalio/proto";
import { Worker } from "@temporalio/worker";
import { expect, it } from "vitest";
import { workflowBundle } from "../../temporal/bundle";

const { History } = temporal.api.history.v1;
const folder = join(__dirname, "histories");

it.each(readdirSync(folder))("a rollout of before goes on with the workflows of today: %s", async (file) => {
  const bytes = readFileSync(join(folder, file));
  const replayed = async (history: unknown) =>
    Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, "groundwork/demo/rollout/recorded");
  await replayed(History.decode(bytes));
  // One that would go another way is found.
  const other = History.decode(bytes);
  const step = other.events.find((event) => event.activityTaskScheduledEventAttributes);
  if (step?.activityTaskScheduledEventAttributes)
    step.activityTaskScheduledEventAttributes.activityType = { name: "x" };
  await expect(replayed(other)).rejects.toThrow(/[Nn]on-?determinis/);
});
