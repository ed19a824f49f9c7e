import type { ExpectedChange, RecordedState } from "../../lab/recordedState";
import { openRecorded } from "../support/recordedSite";

/** What the present program would do to a recorded state; the changes by the names of their resources. */
export interface Previewed {
  /** URNs of the resources that stay as they are, in order. */
  unchanged: string[];
  changes: Omit<ExpectedChange, "why">[];
}

export const byName = (a: { name: string; type: string }, b: { name: string; type: string }) =>
  `${a.name} ${a.type}` < `${b.name} ${b.type}` ? -1 : 1;

interface Step {
  op: string;
  urn: string;
  oldState?: { inputs?: Record<string, unknown> };
  newState?: { inputs?: Record<string, unknown> };
}

/** Previews a recorded state with the present program, the real engine and plugins. */
export async function previewRecorded(recorded: RecordedState): Promise<Previewed> {
  const { project, close } = await openRecorded(recorded);
  try {
    return read(await project.preview("--json", "--show-sames"));
  } finally {
    await close();
  }
}

function read({ code, output }: { code: number; output: string }): Previewed {
  if (code !== 0) throw new Error(output);
  const { steps } = JSON.parse(output.slice(output.indexOf("{"))) as { steps: Step[] };
  const changes = steps
    .filter(({ op }) => op !== "same")
    .map(changeOf)
    .sort(byName);
  const unchanged = steps.filter(({ op }) => op === "same").map(({ urn }) => urn);
  return { unchanged: unchanged.sort(), changes };
}

function changeOf({ op, urn, oldState, newState }: Step): Previewed["changes"][number] {
  const [types = "", name = ""] = urn.split("::").slice(2);
  // Secrets are shown alike, whatever is in them.
  const inputs = op === "update" ? differing(oldState?.inputs ?? {}, newState?.inputs ?? {}) : [];
  return { type: types.slice(types.lastIndexOf("$") + 1), name, op, ...(inputs.length > 0 && { inputs }) };
}

/** Names of the properties that are not the same in both. */
function differing(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
