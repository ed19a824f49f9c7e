import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { status as grpc } from "@grpc/grpc-js";
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from "@temporalio/client";
import type { SignedPlan } from "../fleet/rollout/schema";
import type { Pace, RolloutService, ServiceAddress, StartedRollout } from "../fleet/rollout/service";
import type { RolloutStatus } from "../fleet/rollout/status";
import { unusable } from "../site/description/unusableInput";
import { connected } from "./connection";
import { codeIn, failureAt } from "./failure";
import { MAIN_QUEUE } from "./queues";
import type { rollout } from "./workflows";
import { abortUpdate, approveUpdate, pauseUpdate, resumeUpdate, retryUpdate, statusQuery } from "./workflows/messages";

/** How long a worker may take to answer. */
const PATIENCE = 15_000;
const ASK_AGAIN = 300;
/** What Temporal takes as one workflow's input is 2 MiB; what happens is carried along with the plan. */
const LARGEST_PLAN = 1_200_000;

export async function connect(where: ServiceAddress, project: string): Promise<RolloutService> {
  const { client, address } = await connected(where);
  return new TemporalRollouts(client, address, project);
}

type RolloutHandle = WorkflowHandle<typeof rollout>;

class TemporalRollouts implements RolloutService {
  constructor(
    private readonly client: Client,
    private readonly address: string,
    private readonly project: string,
  ) {}

  async start({ plan, signature }: SignedPlan, pace: Pace): Promise<{ id: string; isNew: boolean }> {
    const id = createHash("sha256").update(signature).digest("hex").slice(0, 12);
    if (JSON.stringify(plan).length > LARGEST_PLAN)
      throw unusable("plan.sites", `${plan.sites.length} are more than one rollout can carry`, "plan several rollouts");
    try {
      await this.client.workflow.start<typeof rollout>("rollout", {
        workflowId: this.idOf(id),
        taskQueue: MAIN_QUEUE,
        workflowIdReusePolicy: "REJECT_DUPLICATE",
        args: [{ project: this.project, plan, pace }],
      });
      return { id, isNew: true };
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return { id, isNew: false };
      throw this.failure(error);
    }
  }

  async list(): Promise<StartedRollout[]> {
    const found: StartedRollout[] = [];
    try {
      for await (const { workflowId, startTime, status } of this.client.workflow.list({
        query: "WorkflowType = 'rollout'",
      })) {
        if (!workflowId.startsWith(this.idOf(""))) continue;
        const id = workflowId.slice(this.idOf("").length);
        // A rollout that goes on in a new run is listed with each of them.
        const known = found.find((one) => one.id === id);
        const isRunning = status.name === "RUNNING";
        if (known === undefined) found.push({ id, started: startTime.toISOString(), isRunning });
        else {
          known.isRunning ||= isRunning;
          if (startTime.toISOString() < known.started) known.started = startTime.toISOString();
        }
      }
    } catch (error) {
      throw this.failure(error);
    }
    return found.sort((a, b) => (a.started < b.started ? 1 : -1));
  }

  async status(id: string): Promise<{ status: RolloutStatus; answers: string[] }> {
    return this.asked(id, async (handle) => {
      const status = await handle.query(statusQuery);
      const { raw } = await handle.describe();
      const answers = (raw.pendingActivities ?? []).flatMap(({ lastFailure }) => lastFailure?.message ?? []);
      return { status, answers: [...new Set(answers)] };
    });
  }

  pause = (id: string) => this.tell(id, (handle, options) => handle.executeUpdate(pauseUpdate, options));
  resume = (id: string) => this.tell(id, (handle, options) => handle.executeUpdate(resumeUpdate, options));
  abort = (id: string) => this.tell(id, (handle, options) => handle.executeUpdate(abortUpdate, options));
  approve = (id: string, wave: number) =>
    this.tell(id, (handle, options) => handle.executeUpdate(approveUpdate, { ...options, args: [wave] }));
  retry = (id: string, sites: readonly string[]) =>
    this.tell(id, (handle, options) => handle.executeUpdate(retryUpdate, { ...options, args: [[...sites]] }));

  async close(): Promise<void> {
    await this.client.connection.close();
  }

  private idOf(id: string): string {
    return `groundwork/${this.project}/rollout/${id}`;
  }

  private failure(error: unknown): unknown {
    return failureAt(this.address, this.client.options.namespace, error);
  }

  /** Tells a rollout something: by its id it is taken once, however often it has to be said. */
  private tell<T>(id: string, say: (handle: RolloutHandle, options: { updateId: string }) => Promise<T>): Promise<T> {
    const options = { updateId: randomUUID() };
    return this.asked(id, (handle) => say(handle, options));
  }

  /** Asks a rollout's worker. */
  private async asked<T>(id: string, ask: (handle: RolloutHandle) => Promise<T>): Promise<T> {
    const handle = this.client.workflow.getHandle<typeof rollout>(this.idOf(id));
    try {
      return await this.whenReady(() => ask(handle));
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError) throw refusalIn(error.cause?.message ?? error.message);
      if (error instanceof WorkflowNotFoundError)
        throw unusable(`rollout ${id}`, "it does not run", "see `groundwork rollout status` for those that do");
      const failure = this.failure(error);
      // Temporal itself has just answered, so it is a worker that does not.
      throw (failure === error && !isNotReady(error)) || !(await this.answers())
        ? failure
        : unusable(
            `rollout ${id}`,
            "no worker answers for it",
            "start `groundwork fleet serve` or `fleet work`, or make room where Temporal's disk is full",
          );
    }
  }

  /** Asks again while a worker begins, ends or has lost what it knew, as after a restart of Temporal. */
  private async whenReady<T>(ask: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      try {
        return await this.client.withDeadline(deadline, ask);
      } catch (error) {
        if (!isNotReady(error) || Date.now() + ASK_AGAIN > deadline) throw error;
        await sleep(ASK_AGAIN);
      }
    }
  }

  private answers(): Promise<boolean> {
    const { connection, options } = this.client;
    return connection
      .withDeadline(Date.now() + 3000, () =>
        connection.workflowService.describeNamespace({ namespace: options.namespace }),
      )
      .then(
        () => true,
        () => false,
      );
  }
}

function isNotReady(error: unknown): boolean {
  return codeIn(error) === grpc.FAILED_PRECONDITION;
}

/** `path: fact; fix`, as the workflow said it. */
function refusalIn(message: string): Error {
  const [, path = "rollout", fact = message, fix = "see `groundwork rollout status`"] =
    /^([^:]+): (.+); (.+)$/s.exec(message) ?? [];
  return unusable(path, fact, fix);
}
