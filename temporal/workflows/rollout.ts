import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from "@temporalio/workflow";
import { Progress, type RolloutEvent } from "../../fleet/rollout/history";
import { type Next, nextOf } from "../../fleet/rollout/schedule";
import type { RolloutPlan, RolloutSite } from "../../fleet/rollout/schema";
import type { Pace } from "../../fleet/rollout/service";
import { type RolloutStatus, statusOf } from "../../fleet/rollout/status";
import type { SiteOrder } from "../../fleet/rollout/work";
import { queueOf } from "../queues";
import { change } from "./change";
import { askSignal, type ChangeInput, changeEnded, changeId, type RolloutInput, statusQuery } from "./messages";
import { handleOrders, type News } from "./orders";
import { endOf, questions, steps } from "./work";

/** Previews at the same time: each keeps a processor busy. */
const STAGED_AT_ONCE = 4;
/** Events of a run, after which a new one goes on with what is known: what a worker has to keep, and to replay, stays small. */
const LONGEST_RUN = 2000;

/** A rollout: does what the scheduler says, and writes down what happens. */
export async function rollout(input: RolloutInput): Promise<RolloutStatus> {
  return new Rollout(input).run();
}

class Rollout {
  private readonly plan: RolloutPlan;
  private readonly pace: Pace;
  private readonly history: RolloutEvent[];
  /** By the history: thousands of events are not gone through again for each new one. */
  private readonly progress: Progress;
  private readonly sites: ReadonlyMap<string, RolloutSite>;
  private readonly news: News[] = [];
  private readonly staging = new Set<string>();
  private readonly lookedFor = new Set<string>();
  /** Sites whose change was told to end. */
  private readonly ending = new Set<string>();
  /** Sites that another workflow changes. */
  private readonly taken = new Set<string>();
  /** The wave that is asked for its health. */
  private checked?: number;
  /** When the clock is looked at next, in ms. */
  private alarm = Number.POSITIVE_INFINITY;

  constructor(private readonly input: RolloutInput) {
    this.plan = input.plan;
    this.pace = input.pace;
    this.history = input.history ?? [];
    this.progress = new Progress(this.history);
    this.sites = new Map(this.plan.sites.map((site) => [site.name, site]));
    setHandler(statusQuery, () => statusOf(this.plan, this.history, Date.now()));
    setHandler(changeEnded, (end) => this.tell(end));
    const progress = () => new Progress([...this.history, ...this.news.map(dated)]);
    handleOrders(this.plan, progress, (one) => this.tell(one));
  }

  async run(): Promise<RolloutStatus> {
    for (;;) {
      await settled();
      for (const one of this.news.splice(0)) this.write(dated(one));
      const next = nextOf(this.plan, this.progress, Date.now());
      if (next.finished) break;
      // Before anything new is begun: what happens meanwhile has Temporal refuse to end the run, and it is tried again.
      if (workflowInfo().historyLength > LONGEST_RUN && allHandlersFinished()) await this.goOn();
      await this.follow(next);
      if (this.news.length > 0 || next.timeOut.length > 0) continue;
      this.wakeAt(Math.min(next.wake ?? Number.POSITIVE_INFINITY, Date.parse(this.plan.expires)));
      await condition(() => this.news.length > 0 || this.alarm === Number.POSITIVE_INFINITY);
    }
    await condition(allHandlersFinished);
    return statusOf(this.plan, this.history, Date.now());
  }

  private write(one: RolloutEvent): void {
    this.history.push(one);
    this.progress.take(one);
  }

  private tell(one: News): void {
    this.news.push(one);
  }

  /** The same rollout in a new run. What was being asked is asked again; changes go on, and tell whichever run there is. */
  private goOn(): Promise<never> {
    return continueAsNew<typeof rollout>({ ...this.input, history: this.history });
  }

  /** One timer at a time: one that rings too early is cheaper than one for each event. */
  private wakeAt(at: number): void {
    if (at >= this.alarm) return;
    this.alarm = at;
    void sleep(Math.max(1, at - Date.now())).then(() => {
      if (this.alarm === at) this.alarm = Number.POSITIVE_INFINITY;
    });
  }

  private async follow(next: Next): Promise<void> {
    // Nothing is waited for between what is decided and what is done: an order, a step's end or a window's may come meanwhile.
    for (const site of next.timeOut) this.end(site);
    const begun = next.start.map((site) => this.begin(site));
    if (next.gate?.asks === "health" && this.checked !== next.gate.wave) void this.check(next.gate.wave);
    for (const site of next.stage) if (this.staging.size < STAGED_AT_ONCE) void this.stage(site);
    for (const site of this.sites.keys()) {
      const { is, away, isEnding } = this.progress.of(site);
      if (is === "waiting" && away) void this.find(site);
      if (isEnding) void this.outlast(site);
    }
    await Promise.all(begun);
  }

  private orderOf(site: string): SiteOrder {
    const { digests } = this.sites.get(site) as RolloutSite;
    return { site, digests, ...(this.plan.policy.refresh && { refresh: true }) };
  }

  private queueOf(site: string): string {
    return queueOf(this.sites.get(site) as RolloutSite, this.pace.queueBy);
  }

  private changeOf(site: string): string {
    return changeId(this.input.project, site);
  }

  private async stage(site: string): Promise<void> {
    if (this.staging.has(site)) return;
    this.staging.add(site);
    try {
      await steps(this.queueOf(site), this.pace).stage(this.orderOf(site));
      this.tell({ event: "staged", site });
    } catch (error) {
      const { is, why } = endOf(error);
      this.tell({ event: is === "away" ? "away" : "refused", site, why });
    }
    this.staging.delete(site);
  }

  /** Starts a site's change, unless there is one. */
  private async begin(site: string): Promise<void> {
    const input: ChangeInput = {
      order: this.orderOf(site),
      rollout: workflowInfo().workflowId,
      queue: this.queueOf(site),
      minutes: this.plan.policy.siteMinutes,
      pace: this.pace,
    };
    // Dated by the decision: the answer may take a while.
    const begun = dated({ event: "started", site });
    try {
      await startChild(change, {
        workflowId: this.changeOf(site),
        args: [input],
        parentClosePolicy: ParentClosePolicy.ABANDON,
      });
      this.write(begun);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      this.taken.add(site);
      this.tell({ event: "away", site, why: "it is being changed already" });
    }
  }

  /** A site's time is up: what goes on there is told to end, and nobody begins there before it has. */
  private end(site: string): void {
    const why = `it took longer than ${this.plan.policy.siteMinutes} minutes`;
    this.write(dated({ event: "timed-out", site, why }));
    getExternalWorkflowHandle(this.changeOf(site))
      .cancel()
      .catch(() => {}); // it has ended just now
  }

  /** Waits until a site that is away is back. */
  private async find(site: string): Promise<void> {
    if (this.lookedFor.has(site)) return;
    this.lookedFor.add(site);
    if (this.taken.delete(site)) await this.freed(site);
    // One that is refused is there as well: making it ready tells why.
    else
      await questions(this.queueOf(site), this.pace)
        .admit(this.orderOf(site))
        .catch(() => {});
    this.lookedFor.delete(site);
    this.tell({ event: "back", site });
  }

  /** Waits until a change whose time was up has ended. Most tell it themselves; one that somebody ended in the service does not. */
  private async outlast(site: string): Promise<void> {
    if (this.ending.has(site)) return;
    this.ending.add(site);
    await this.freed(site);
    this.ending.delete(site);
    if (this.progress.of(site).isEnding) this.tell({ event: "failed", site, why: "it was ended" });
  }

  /** Waits until nobody changes a site. */
  private async freed(site: string): Promise<void> {
    for (let seconds = this.pace.askAgain; ; seconds = Math.min(seconds * 2, this.pace.askAgain * 30)) {
      await sleep(seconds * 1000);
      const goesOn = await getExternalWorkflowHandle(this.changeOf(site))
        .signal(askSignal)
        .then(() => true)
        .catch(() => false);
      if (!goesOn) return;
    }
  }

  /** Waits until the sites of a wave are healthy, with those that were changed meanwhile. */
  private async check(wave: number): Promise<void> {
    this.checked = wave;
    const changed = () => (this.plan.waves[wave] ?? []).filter((site) => this.progress.of(site).is === "succeeded");
    for (let asked = -1; asked < changed().length; ) {
      const sites = changed();
      asked = sites.length;
      const queues = new Map<string, string[]>();
      for (const site of sites) queues.set(this.queueOf(site), [...(queues.get(this.queueOf(site)) ?? []), site]);
      await Promise.all(
        [...queues].map(([queue, sites]) => questions(queue, this.pace).health(sites, this.plan.policy.probe)),
      );
    }
    this.checked = undefined;
    this.tell({ event: "healthy", wave });
  }
}

/**
 * Waits until everything that came with the same workflow task is told. Temporal hands it over piece by piece, and an order is told sooner
 * than a step's end that came before it: what is decided in between would go by half of it.
 */
async function settled(): Promise<void> {
  let looks = 0;
  // Looked at once here, and again when nothing else is left to do.
  await condition(() => looks++ > 0);
}

function dated(one: News): RolloutEvent {
  return { at: new Date(Date.now()).toISOString(), ...one } as RolloutEvent;
}
