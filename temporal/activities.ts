import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import { SiteRefusal, type SiteWork, type Watch } from "../fleet/rollout/work";
import type { WatchWork } from "../fleet/watch/work";
import type { WatchActivities } from "./workflows/watch";
import type { Activities } from "./workflows/work";

const HEARTBEAT = 5_000;

/** Work at sites as Temporal's activities: followed by heartbeats, ended by cancellations, and with failures that say what they mean. */
export function activitiesOf(work: SiteWork): Activities {
  return {
    stage: (order) => followed((watch) => work.stage(order, watch)),
    admit: (order) => followed((watch) => work.admit(order, watch)),
    apply: (order) => followed((watch) => work.apply(order, watch)),
    health: (sites, probe) =>
      followed(async (watch) => {
        const ill: string[] = [];
        for (const site of sites) {
          const why = await work.unhealthy(site, watch, probe);
          if (why !== undefined) ill.push(`${site}: ${why}`);
        }
        if (ill.length > 0) throw ApplicationFailure.retryable(ill.join("; ").slice(0, 2000), "unhealthy");
      }),
  };
}

/** Work at watched sites as Temporal's activities. */
export function watchActivitiesOf(work: WatchWork): WatchActivities {
  return {
    sites: () => work.sites(),
    look: (site) => followed((watch) => work.look(site, watch)),
    keep: (findings) => work.keep(findings),
    tell: (findings) => followed(() => work.tell(findings)),
    repair: (sites) => followed(() => work.repair(sites)),
    drill: (site) => followed((watch) => work.drill(site, watch)),
  };
}

async function followed<T>(step: (watch: Watch) => Promise<T>): Promise<T> {
  const context = Context.current();
  const alive = () => context.heartbeat();
  const pulse = setInterval(alive, HEARTBEAT);
  try {
    return await step({ alive, signal: context.cancellationSignal });
  } catch (error) {
    // A cancellation is Temporal's own word, whatever the work made of it; a worker that ends leaves the work to the next one.
    if (context.cancellationSignal.aborted) await context.cancelled;
    if (!(error instanceof SiteRefusal)) throw error;
    throw ApplicationFailure.create({ type: error.kind, message: error.message });
  } finally {
    clearInterval(pulse);
  }
}
