import { type ChangedLines, changedLines } from "./lines";
import type { Op, Step } from "./preview";
import { type Names, shownValue, valueAt } from "./values";

/** A resource that changes, as the engine tells it. */
export interface RawChange {
  op: Op | "found";
  type: string;
  name: string;
  properties: ChangedProperty[];
}

export interface ChangedProperty {
  path: string;
  from: string;
  to: string;
  replaces: boolean;
  /** In a text of several lines, a script for instance. */
  lines?: ChangedLines;
}

/** Every step that changes something. */
export function rawChanges(steps: readonly Step[], names: Names): RawChange[] {
  return steps.flatMap((step): RawChange[] => {
    const { op, type, name, before, after } = step;
    const shown = (paths: Step["changes"], from: (path: string) => unknown, to: (path: string) => unknown) =>
      paths.map(({ path, replaces }): ChangedProperty => {
        const [was, is] = [from(path), to(path)];
        const lines = changedLines(was, is);
        return { path, from: shownValue(was, names), to: shownValue(is, names), replaces, ...(lines && { lines }) };
      });
    const asked = (path: string) => valueAt(after?.inputs, path) ?? valueAt(after?.outputs, path);
    const found = (path: string) => valueAt(before?.inputs, path) ?? valueAt(before?.outputs, path);
    const changed: RawChange[] =
      op === "same" || op === "read" ? [] : [{ op, type, name, properties: shown(step.changes, found, asked) }];
    if (step.drift.length === 0) return changed;
    const said = (path: string) => valueAt(step.state?.outputs, path);
    const is = (path: string) => valueAt(before?.outputs, path);
    return [{ op: "found", type, name, properties: shown(step.drift, said, is) }, ...changed];
  });
}
