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

/**
 * What the engine told the pack during one preview or update. A stack's resources arrive one by one before they are
 * made, and all at once at the end; components show what they were made of only in the first of the two.
 */
export class Deployment {
  private readonly resources = new Map<string, Registered>();
  private open: Undecided[] = [];
  private readonly told = new Set<string>();

  register({ type, name, urn, props, opts }: Registered): void {
    this.resources.set(urn, { type, name, urn, props, opts });
  }

  /** Everything registered so far, in the order it came. */
  registered(): Registered[] {
    return [...this.resources.values()];
  }

  leaveOpen(undecided: Undecided): void {
    this.open.push(undecided);
  }

  /** The questions left open since the last call. */
  takeOpen(): Undecided[] {
    const open = this.open;
    this.open = [];
    return open;
  }

  /** Whether this message of a policy is told for the first time. */
  firstTime(policy: string, message: string): boolean {
    const key = `${policy}\0${message}`;
    const first = !this.told.has(key);
    this.told.add(key);
    return first;
  }
}

/** The deployment that this process of the pack was started for. */
export const thisDeployment = new Deployment();
