import type { ResourceValidationArgs } from "@pulumi/policy";

/** A resource as it was registered: its inputs, before anything is done with them. */
export type Registered = Pick<ResourceValidationArgs, "type" | "name" | "urn" | "props" | "opts">;

/** A question that a preview leaves open. */
export interface Undecided {
  policy: string;
  resource: string;
  /** What is not known yet. */
  what: string;
}

/** A finding that is milder than its policy, because the owner accepted it or nothing better exists. */
export interface Accepted {
  policy: string;
  message: string;
  urn: string;
}

/**
 * What the engine told the pack during one preview or update. A stack's resources arrive one by one before they are
 * made, and all at once at the end; components show what they were made of only in the first of the two.
 */
export class Deployment {
  private readonly resources = new Map<string, Registered>();
  private readonly parents = new Map<string, string>();
  private count = 0;
  private open: Undecided[] = [];
  private mild: Accepted[] = [];
  private readonly said = new Set<string>();

  /** `preview` asks everything at the end, when nothing has been made; an update asks before it makes something. */
  constructor(readonly isPreview = process.env.PULUMI_DRY_RUN === "true") {}

  register(resource: Registered): void {
    this.count++;
    this.resources.set(resource.urn, resource);
    this.place(resource);
  }

  /** Grows with each registration: what was made of the same version still holds. */
  get version(): number {
    return this.count;
  }

  /** Remembers no more of a resource than what it lies in. */
  place({ urn, opts: { parent } }: Registered): void {
    if (parent) this.parents.set(urn, parent);
  }

  /** Whether a resource is another one or lies in it. */
  within(urn: string, ancestor: string): boolean {
    for (let at: string | undefined = urn; at !== undefined; at = this.parents.get(at))
      if (at === ancestor) return true;
    return false;
  }

  /** What was registered so far, in the order it came. */
  registered(): Registered[] {
    return [...this.resources.values()];
  }

  leaveOpen(undecided: Undecided): void {
    this.open.push(undecided);
  }

  accept(accepted: Accepted): void {
    this.mild.push(accepted);
  }

  /** The questions left open since the last call. */
  takeOpen(): Undecided[] {
    const open = this.open;
    this.open = [];
    return open;
  }

  /** The milder findings since the last call. */
  takeAccepted(): Accepted[] {
    const mild = this.mild;
    this.mild = [];
    return mild;
  }

  /** Remembers what a policy said of resources one by one, so that it is not said again of the whole stack. */
  told(policy: string, message: string): void {
    this.said.add(`${policy}\0${message}`);
  }

  wasTold(policy: string, message: string): boolean {
    return this.said.has(`${policy}\0${message}`);
  }

  knows(urn: string): boolean {
    return this.resources.has(urn);
  }
}

/** The deployment that this process of the pack was started for. */
export const thisDeployment = new Deployment();
