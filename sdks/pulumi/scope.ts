import type { Policies } from "@pulumi/policy";

/** Which resources a policy applies to; it says nothing of any other. */
export interface Scope {
  /** Whether it judges a single resource of a type. */
  resource?(type: string): boolean;
  /** Is shown each resource before it is judged, with its secrets marked: validations get them in clear text. */
  inspect?(resource: { type: string; urn: string; props: unknown }): void;
  /** Which types of resources it gets of a whole stack; `nothing` for one that reads only what others left. */
  stack?: "everything" | "nothing" | ReadonlySet<string>;
}

export type ScopedPolicy<P extends Policies[number] = Policies[number]> = P & { scope: Scope };
