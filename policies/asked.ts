import type { Policies } from "@pulumi/policy";

/** What a policy has to be asked of; it says nothing of anything else. */
export interface Asked {
  /** Of a resource by itself, by its type. */
  ofResource?(type: string): boolean;
  /** Shown each resource first, with what is a secret marked as one, which the SDK shows no validation. */
  withSecrets?(resource: { type: string; urn: string; props: unknown }): void;
  /** Of which types of resources at the end; `nothing` for one that reads only what others left. */
  ofStack?: "everything" | "nothing" | ReadonlySet<string>;
}

/** A policy that says what it has to be asked of. */
export type Asking<P extends Policies[number] = Policies[number]> = P & { asked: Asked };
