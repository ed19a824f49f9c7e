import type { Op, Preview, Step } from "../../cli/report/preview";
import { demoPlan, type Props, type Resource, stackOf, unknown } from "./demoStack";

export { demoPlan, found, idOf, inputsOf, type Resource, stackOf } from "./demoStack";

/** What is said of single resources, beside what differs. */
export interface Told {
  /** Resources that are replaced, and the properties they are replaced for. */
  replaced?: Record<string, string[]>;
  preview?: Partial<Preview>;
}

/** The preview of a change from one stack to another, as the engine would tell it. */
export function previewOfChange(before: Resource[], after: Resource[], { replaced = {}, preview }: Told = {}): Preview {
  const key = ({ type, name }: Resource) => `${type}::${name}`;
  const [was, is] = [before, after].map((stack) => new Map(stack.map((r) => [key(r), r])));
  const urns = new Map([...before, ...after].map((r) => [r.name, `urn:pulumi:demo::groundwork::${key(r)}`]));
  const steps = [...new Set([...before, ...after].map(key))].map((name): Step => {
    const [earlier, later] = [was?.get(name), is?.get(name)];
    const resource = (later ?? earlier) as Resource;
    const causes = replaced[resource.name] ?? [];
    const differing = earlier && later ? paths(earlier.inputs, later.inputs) : [];
    const changes = [...new Set([...differing, ...causes])].map((path) => ({ path, replaces: causes.includes(path) }));
    const op: Op = !earlier
      ? "create"
      : !later
        ? "delete"
        : causes.length > 0
          ? "replace"
          : changes.length > 0
            ? "update"
            : "same";
    const parent = resource.parent && urns.get(resource.parent);
    const made = op === "create" || op === "replace";
    return {
      op,
      urn: urns.get(resource.name) === undefined ? name : `urn:pulumi:demo::groundwork::${name}`,
      type: resource.type,
      name: resource.name,
      ...(parent && { parent }),
      ...(earlier && { before: { inputs: earlier.inputs, outputs: { ...earlier.inputs, ...earlier.outputs } } }),
      ...(later && {
        after: { inputs: later.inputs, outputs: made ? { uuid: unknown } : { ...later.inputs, ...later.outputs } },
      }),
      changes,
      drift: [],
    };
  });
  return { stack: "demo", steps, policies: [], errors: [], warnings: [], complete: true, ...preview };
}

/** The paths at which two values differ, as the engine writes them. */
function paths(before: unknown, after: unknown, path = ""): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const nested = (value: unknown): value is Props => typeof value === "object" && value !== null;
  if (!nested(before) || !nested(after)) return [path];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const at = (key: string) => (Array.isArray(after) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`);
  return keys.flatMap((key) => paths(before[key], after[key], at(key)));
}

/** The demo's stack, and a copy to be changed. */
export function demoStacks(): { before: Resource[]; after: Resource[] } {
  return { before: stackOf(demoPlan()), after: stackOf(demoPlan()) };
}
