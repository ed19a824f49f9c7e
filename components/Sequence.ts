import type { Resource } from "@pulumi/pulumi";
import { type Applied, appliedMachines } from "../site/life/applied";
import type { MachinePlan, SitePlan } from "../site/plan/model";

/**
 * The order in which machines that run are changed: each waits until the one before is changed and healthy, and where that
 * fails, nothing after it is touched. Machines that are new are made at once, and join when those that run are changed.
 */
export class Sequence {
  private readonly steps = new Map<string, Step>();
  private readonly last = new Map<string, Promise<Resource[]>>();
  private readonly start = deferred();

  constructor(plan: SitePlan, applied: Applied | undefined) {
    let before = this.start.promise;
    for (const { name, role } of appliedMachines(plan, applied)) {
      const { promise, resolve } = deferred();
      this.steps.set(name, { before, resolve });
      this.last.set(role, promise);
      before = promise;
    }
  }

  /** What must be complete before the machine is touched. */
  before(machine: string): Promise<Resource[]> {
    return this.steps.get(machine)?.before ?? Promise.resolve([]);
  }

  /** What must be complete before the machine is configured: a new one waits for those of its kind that run. */
  turn({ name, role }: MachinePlan): Promise<Resource[]> {
    return this.steps.get(name)?.before ?? this.last.get(role) ?? Promise.resolve([]);
  }

  /** Says what must be complete before anything that runs is touched. Must be said once. */
  startsAfter(...resources: Resource[]): void {
    this.start.resolve(resources);
  }

  /** Says what a machine consists of, so that the next can wait for it. Must be said of every machine. */
  consists(machine: string, ...resources: Resource[]): void {
    this.steps.get(machine)?.resolve(resources);
  }
}

interface Step {
  before: Promise<Resource[]>;
  resolve(resources: Resource[]): void;
}

function deferred(): { promise: Promise<Resource[]>; resolve(resources: Resource[]): void } {
  let resolve: (resources: Resource[]) => void = () => {};
  const promise = new Promise<Resource[]>((resolved) => {
    resolve = resolved;
  });
  return { promise, resolve };
}
