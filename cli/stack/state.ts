import { UnusableInput } from "../../site/description/unusableInput";
import { failureOf, type PulumiStack, pulumi, pulumiOrThrow } from "./pulumi";

/** A resource as `pulumi stack export` shows it; secrets are encrypted. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  parent?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** It was replaced and waits to be deleted. */
  delete?: boolean;
  /** It is deleted, and what replaces it is not yet made. */
  pendingReplacement?: boolean;
}

/** What was going on when the engine last wrote the state. */
export interface PendingOperation {
  type: "creating" | "updating" | "deleting" | string;
  resource: { urn: string; type: string; parent?: string; provider?: string; inputs?: Record<string, unknown> };
}

/** A stack's state. */
export interface State {
  resources: StateResource[];
  pendingOperations: PendingOperation[];
  /** How its secrets are encrypted; an empty stack may not say. */
  secretsProvider?: { type?: string };
}

/**
 * The state of a stack.
 *
 * @throws UnusableInput if it cannot be read, or there is no such stack
 */
export async function stateOf(stack: PulumiStack): Promise<State> {
  return stateIn(await pulumiOrThrow(stack, ["stack", "export"]));
}

/**
 * The state of a stack; nothing if the backend has no stack of that name.
 *
 * @throws UnusableInput if it cannot be read
 */
export async function stateIfAny(stack: PulumiStack): Promise<State | undefined> {
  const result = await pulumi(stack, ["stack", "export"]);
  if (result.code === 0) return stateIn(result.stdout);
  if (/no stack named/.test(result.stderr)) return undefined;
  throw failureOf(stack, "stack export", result);
}

/**
 * The outputs of a stack that open no door: its records, which Pulumi shows as `[secret]` because they are long.
 *
 * @throws UnusableInput if its state cannot be read, or there is no such stack
 */
export async function recordsOf(stack: PulumiStack): Promise<Record<string, unknown>> {
  const { kubeconfig: _, sshPrivateKey: __, registry: ___, ...records } = await outputsOf(stack);
  return records;
}

/**
 * All outputs of a stack, with the keys that open the site.
 *
 * @throws UnusableInput if its state cannot be read, or there is no such stack
 */
export async function outputsOf(stack: PulumiStack): Promise<Record<string, unknown>> {
  return JSON.parse(await pulumiOrThrow(stack, ["stack", "output", "--json", "--show-secrets"])) as Record<
    string,
    unknown
  >;
}

/** A stack whose outputs tell of no site. */
export function noSiteIn({ stack }: PulumiStack): NoSite {
  return new NoSite([{ path: `--stack ${stack}`, fact: "no site is up in it", fix: "run `pulumi up`" }]);
}

/** A stack whose state could be read, and in which nothing is up yet. */
export class NoSite extends UnusableInput {}

function stateIn(exported: string): State {
  const { deployment } = JSON.parse(exported) as {
    deployment?: {
      resources?: StateResource[];
      pending_operations?: PendingOperation[];
      secrets_providers?: State["secretsProvider"];
    } | null;
  };
  const { resources = [], pending_operations = [], secrets_providers } = deployment ?? {};
  return {
    resources,
    pendingOperations: pending_operations,
    ...(secrets_providers && { secretsProvider: secrets_providers }),
  };
}
