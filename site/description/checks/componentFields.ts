import type { Problem } from "../problem";

/** The fields of a program's configuration, as its owner writes them: of any type. */
export type Tree = { [field: string]: unknown };
/** Tells what is wrong with a field, by its path below the configuration. */
export type Add = (field: string, fact: string, fix: string) => void;

/** Collects problems below a path. */
export function collecting(path: string): { problems: Problem[]; add: Add } {
  const problems: Problem[] = [];
  return { problems, add: (field, fact, fix) => problems.push({ path: `${path}.${field}`, fact, fix }) };
}

/** A field by its path, `logging.format`; nothing where there is none, or where it is taken away with `null`. */
export function at(tree: unknown, field: string): unknown {
  return field.split(".").reduce<unknown>((here, key) => {
    const has = typeof here === "object" && here !== null && Object.hasOwn(here, key);
    return has ? ((here as Tree)[key] ?? undefined) : undefined;
  }, tree);
}

/** A field that is a list; nothing of one of another type, which is told as that. */
export function list(tree: Tree, field: string): unknown[] {
  const value = at(tree, field);
  return Array.isArray(value) ? value : [];
}

/** A field that holds fields or named values; none of one of another type. */
export function below(tree: Tree, field: string): Tree {
  const value = at(tree, field);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}

/** A field that is text; nothing of one of another type. */
export function text(tree: Tree, field: string): string | undefined {
  const value = at(tree, field);
  return typeof value === "string" ? value : undefined;
}
