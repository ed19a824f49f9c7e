import type { EngineEvent, StepEventMetadata, StepEventStateMetadata } from "@pulumi/pulumi/automation";
import type { PolicyReport } from "../../policies/outcome";
import { allRules } from "../../site/judge/rules/catalog";
import { type Alone, aloneUntil, type Lasting } from "../../site/life/alone";
import { type Applied, readApplied } from "../../site/life/applied";
import type { StateResource } from "../stack/state";
import { masked } from "./secrets";

/** What the preview of one stack told, as plain data: nothing in it is secret. */
export interface Preview {
  stack: string;
  /** What the last complete `up` left: the program changes its machines one after another. */
  standing?: Applied;
  /** Until when the site that runs goes on without an `up`. */
  alone?: Alone;
  /** Every resource, unchanged ones too, in the order of their URNs: the engine's own is another one each time. */
  steps: Step[];
  /** What the state has of which the preview, which broke, did not tell; left out if it told everything or nobody could read the state. */
  unseen?: Step[];
  policies: PolicyMessage[];
  /** What the pack has to say beside its messages; none of a pack that writes nothing down. */
  judged?: PolicyReport;
  /** Errors that kept the preview from its end, as people read them. */
  errors: string[];
  warnings: string[];
  /** Whether the engine went through the whole program. */
  complete: boolean;
}

export type Op = "same" | "create" | "update" | "replace" | "delete" | "read";

export interface Step {
  op: Op;
  urn: string;
  type: string;
  name: string;
  parent?: string;
  /** As it is. */
  before?: State;
  /** As it would be; what a preview cannot know is the engine's own mark. */
  after?: State;
  changes: Change[];
  /** Found different from the state by asking vCenter: properties that nobody changed through Pulumi. */
  drift: Change[];
  /** What the state says, where somebody looked for drift. */
  state?: State;
}

export interface State {
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

export interface Change {
  /** `disks[1].datastoreId` */
  path: string;
  /** It is what the resource is replaced for. */
  replaces: boolean;
}

export interface PolicyMessage {
  policy: string;
  level: "mandatory" | "advisory";
  message: string;
  /** The resource's name. */
  resource?: string;
}

/** How the engine ended, beside its events. */
export interface Ending {
  /** What went wrong, for people; nothing if nothing did. */
  error?: string;
  judged?: PolicyReport;
  /** What the state says that runs: the outputs of these names. */
  running?: { standing?: unknown; certificates?: readonly Lasting[] };
  /** The state's resources, for a preview that broke before it told them. */
  state?: readonly StateResource[];
}

/**
 * Reads the engine's events. Debug messages, which hold whole resources, are passed over. Pulumi's SDK follows the engine's log by polling, and
 * on a busy machine reads the last lines twice: the numbers of events tell.
 */
export function previewOf(
  stack: string,
  events: readonly EngineEvent[],
  { error, judged, running, state }: Ending = {},
): Preview {
  const steps = new Map<string, Step>();
  const policies: PolicyMessage[] = [];
  const [errors, warnings] = [new Set<string>(), new Set<string>()];
  let complete = false;
  for (const event of new Map(events.map((event) => [event.sequence, event])).values()) {
    if (event.resourcePreEvent) take(steps, event.resourcePreEvent.metadata, false);
    if (event.resOutputsEvent) take(steps, event.resOutputsEvent.metadata, true);
    if (event.summaryEvent) complete = true;
    if (event.policyEvent) {
      const { policyName, enforcementLevel, message, resourceUrn } = event.policyEvent;
      const level = enforcementLevel === "mandatory" ? "mandatory" : "advisory";
      const name = resourceUrn ? nameOf(resourceUrn) : undefined;
      policies.push({ policy: policyName, level, message: said(message), ...(name && { resource: name }) });
    }
    if (event.diagnosticEvent) {
      const { severity, message, urn } = event.diagnosticEvent;
      const about = urn && !urn.includes("::pulumi:pulumi:Stack::") ? `${nameOf(urn)}: ` : "";
      if (severity === "error" && said(message) !== "preview failed") errors.add(`${about}${said(message)}`);
      // Many resources warn of the same.
      if (severity === "warning") warnings.add(said(message));
    }
  }
  const stopped = errors.size > 0 || (error !== undefined && !policies.some(({ level }) => level === "mandatory"));
  if (stopped && errors.size === 0 && error) errors.add(said(error));
  const known = [...steps.values()]
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .sort((a, b) => (a.urn < b.urn ? -1 : 1));
  // What came to its end by an error was not asked as a whole: only what is about one object still stands.
  const whole = errors.size === 0;
  const alone = [...warnings].some((warning) => unreachable.test(warning));
  return {
    stack,
    ...standingIn(running?.standing),
    ...aloneIn(running?.certificates),
    steps: alone ? known.map(asInState) : known,
    ...(state && { unseen: unseenOf(state, steps) }),
    policies: whole ? policies : policies.filter(({ policy }) => isOfOne.has(policy)),
    ...(judged && whole && { judged: masked(judged) as PolicyReport }),
    errors: [...errors].filter(Boolean),
    warnings: [...warnings].filter(Boolean).sort(),
    complete: complete && !stopped,
  };
}

function unseenOf(state: readonly StateResource[], seen: ReadonlyMap<string, Step>): Step[] {
  return state
    .filter(({ urn, type, delete: isLeaving }) => !isLeaving && !seen.has(urn) && type !== "pulumi:pulumi:Stack")
    .map(({ urn, type, parent, inputs = {}, outputs = {} }) => ({
      ...{ op: "same", urn, type, name: nameOf(urn), changes: [], drift: [] },
      ...(parent && { parent }),
      before: stateOf({ inputs, outputs }),
    }));
}

function aloneIn(certificates: readonly Lasting[] = []): Pick<Preview, "alone"> {
  const alone = aloneUntil(certificates);
  return alone ? { alone } : {};
}

/** What cannot be read is told by the program, whose preview ends with it. */
function standingIn(output: unknown): Pick<Preview, "standing"> {
  const read = readApplied(output);
  return "applied" in read ? { standing: read.applied } : {};
}

/** Policies that judge an object by itself. */
const isOfOne: ReadonlySet<string> = new Set(
  allRules.flatMap(({ id, scope }) => (scope === "object" || scope === "state" ? [id] : [])),
);

/** What the plugin says when it cannot reach a cluster. */
const unreachable = /cluster (cannot be reached|is unreachable)/i;

/** Objects of a cluster that nobody could ask are taken to be as the state says, not to be gone. */
function asInState(step: Step): Step {
  const { type, state, drift } = step;
  const isGone = drift.some(({ path }) => path === "");
  if (!type.startsWith("kubernetes:") || !state || !isGone) return step;
  return { ...step, op: "same", drift: [], changes: [], before: state, after: state };
}

/** A preview that never began, and why. */
export function noPreview(stack: string, error: string, known: Omit<Ending, "error"> = {}): Preview {
  return previewOf(stack, [], { ...known, error });
}

const ops: Record<string, Op> = {
  same: "same",
  create: "create",
  update: "update",
  delete: "delete",
  read: "read",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  "read-replacement": "read",
  import: "create",
  "import-replacement": "replace",
};

/** A resource that is replaced has up to three steps; one that is refreshed has its refresh before. */
function take(steps: Map<string, Step>, metadata: StepEventMetadata, ended: boolean): void {
  const { urn, type, old, new: wanted, detailedDiff, diffs, keys } = metadata;
  if ((metadata.op as string) === "refresh") {
    takeDrift(steps, metadata, ended);
    return;
  }
  const op = ops[metadata.op];
  if (op === undefined) return;
  const known = steps.get(urn);
  const step: Step = known ?? { op, urn, type, name: nameOf(urn), changes: [], drift: [] };
  if (known === undefined || known.op === "same" || op === "replace") step.op = op;
  const state = wanted ?? old;
  if (state?.parent) step.parent = state.parent;
  if (old && op !== "create") step.before ??= stateOf(old);
  else if (op === "create" && step.state) delete step.before;
  if (wanted && op !== "delete") step.after = ended || !step.after ? stateOf(wanted) : step.after;
  const replacing = new Set(keys ?? []);
  const paths = detailedDiff ? Object.keys(detailedDiff) : (diffs ?? []);
  if (paths.length > 0)
    step.changes = paths.map((path) => ({
      path,
      replaces: replacing.has(path) || detailedDiff?.[path]?.diffKind.endsWith("replace") === true,
    }));
  steps.set(urn, step);
}

/** What was found where the state said something else. Before is what was found. */
function takeDrift(steps: Map<string, Step>, metadata: StepEventMetadata, ended: boolean): void {
  const { urn, type, old, new: found, detailedDiff, diffs } = metadata;
  if (!ended || !old) return;
  const paths = detailedDiff ? Object.keys(detailedDiff) : (diffs ?? []);
  const drift = !found ? [{ path: "", replaces: false }] : paths.map((path) => ({ path, replaces: false }));
  const step: Step = { op: "same", urn, type, name: nameOf(urn), changes: [], drift, state: stateOf(old) };
  if (old.parent) step.parent = old.parent;
  if (found) step.before = stateOf(found);
  steps.set(urn, step);
}

function stateOf({ inputs, outputs }: Pick<StepEventStateMetadata, "inputs" | "outputs">): State {
  return { inputs: masked(inputs ?? {}) as State["inputs"], outputs: masked(outputs ?? {}) as State["outputs"] };
}

export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

/** Messages come with marks for colors and empty lines around them. */
function said(message: string): string {
  const plain = message.replace(/<\{%.*?%\}>/g, "").trim();
  return masked(plain.replace(/^error: /, "")) as string;
}
