import { z } from "zod";
import { formatPath, type Problem, shown } from "./problem";

/** The field `version` of what a later run reads. What has none was written before there were any: it is of version 1. */
export const versionOne = z.literal(1).default(1);

/** Why something cannot be read for its `version`, if so. What has none, or is no object, is left to its schema. */
export function unknownVersion(document: unknown, newest: number): Problem | undefined {
  if (typeof document !== "object" || document === null || !("version" in document)) return undefined;
  const { version } = document;
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1)
    return { path: "version", fact: `${shown(version)} is not a version`, fix: `use ${newest}` };
  if (version > newest)
    return {
      path: "version",
      fact: `${version} is newer than this program knows (${newest})`,
      fix: "install a newer groundwork",
    };
  return undefined;
}

/**
 * Reads what an earlier run or another program wrote, by its version and its schema.
 *
 * @param from what it should be, as people call it: `a plan`
 * @param fix what to do if it is not
 */
export function readVersioned<T>(
  document: unknown,
  schema: z.ZodType<T>,
  { from, fix, newest = 1 }: { from: string; fix: string; newest?: number },
): { value: T } | { problem: Problem } {
  const unknown = unknownVersion(document, newest);
  if (unknown) return { problem: unknown };
  const parsed = schema.safeParse(document, { reportInput: true });
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  const fact = issue?.input === undefined ? "it is missing" : `${shown(issue.input)} is not what ${from} has there`;
  return { problem: { path: formatPath(issue?.path ?? []), fact, fix } };
}
