import { type Client, ScheduleAlreadyRunning, ScheduleNotFoundError, type ScheduleOptions } from "@temporalio/client";
import type { WatchTimes } from "../fleet/file/schema";
import type { Pace, ServiceAddress } from "../fleet/rollout/service";
import type { Scheduled, WatchInput, WatchService } from "../fleet/watch/service";
import { unusable } from "../site/description/unusableInput";
import { connected } from "./connection";
import { failureAt } from "./failure";
import { MAIN_QUEUE } from "./queues";

type Kind = Scheduled["what"];

export async function watch(where: ServiceAddress, project: string): Promise<WatchService> {
  const { client, address } = await connected(where);
  return new TemporalWatch(client, address, project);
}

class TemporalWatch implements WatchService {
  constructor(
    private readonly client: Client,
    private readonly address: string,
    private readonly project: string,
  ) {}

  async set({ timeZone, looks, atOnce, drills, repair }: WatchTimes, pace: Pace): Promise<Scheduled[]> {
    const own = { ...(drills && { drills }), ...(repair && { repair }) };
    const input: WatchInput = { project: this.project, pace, timeZone, atOnce, ...own };
    return this.told(async () => {
      const scheduled = [await this.schedule("looks", looks, input)];
      if (drills !== undefined) scheduled.push(await this.schedule("drills", [drills.from], input));
      else await this.remove("drills");
      return scheduled;
    });
  }

  end(): Promise<boolean> {
    return this.told(async () => {
      const removed = [await this.remove("looks"), await this.remove("drills")];
      return removed.includes(true);
    });
  }

  lookNow(): Promise<void> {
    return this.told(() => this.client.schedule.getHandle(this.idOf("looks")).trigger());
  }

  async close(): Promise<void> {
    await this.client.connection.close();
  }

  private async schedule(what: Kind, times: readonly string[], input: WatchInput): Promise<Scheduled> {
    const scheduleId = this.idOf(what);
    const options: ScheduleOptions = {
      scheduleId,
      spec: {
        calendars: times.map((time) => ({ hour: Number(time.slice(0, 2)), minute: Number(time.slice(3)) })),
        timezone: input.timeZone,
      },
      action: {
        type: "startWorkflow",
        workflowType: what,
        workflowId: scheduleId,
        taskQueue: MAIN_QUEUE,
        args: [input],
      },
      // One that was missed while nothing ran is made up for once.
      policies: { overlap: "SKIP", catchupWindow: "12 hours" },
    };
    const handle = this.client.schedule.getHandle(scheduleId);
    try {
      await this.client.schedule.create(options);
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      const { spec, action, policies } = options;
      await handle.update((known) => ({ ...known, spec, policies, action: action as typeof known.action }));
    }
    const { info } = await handle.describe();
    return { what, next: info.nextActionTimes.map((time) => time.toISOString()) };
  }

  private async remove(what: Kind): Promise<boolean> {
    try {
      await this.client.schedule.getHandle(this.idOf(what)).delete();
      return true;
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return false;
      throw error;
    }
  }

  private idOf(what: Kind): string {
    return `groundwork/${this.project}/${what}`;
  }

  private async told<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof ScheduleNotFoundError)
        throw unusable("watch", "nothing is watched yet", "run `groundwork fleet watch`");
      throw failureAt(this.address, this.client.options.namespace, error);
    }
  }
}
