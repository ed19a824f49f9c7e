import { unknownVersion } from "./formatVersion";
import type { Problem } from "./problem";
import { SCHEMA_VERSION } from "./spec";

type Document = Record<string, unknown>;

/** One step for each version that was ever in use: from version N to N + 1, on the document as it was written. */
const steps: Record<number, (document: Document) => Document> = {};

/** Brings a document of an older schema version up to the present one. A document that is no object is left to the schema. */
export function migrate(input: unknown): { document: unknown } | { problems: Problem[] } {
  if (typeof input !== "object" || input === null || !("version" in input)) return { document: input };
  const problem = unknownVersion(input, SCHEMA_VERSION);
  if (problem) return { problems: [problem] };
  let document = input as Document;
  for (let v = input.version as number; v < SCHEMA_VERSION; v++) document = { ...steps[v]?.(document), version: v + 1 };
  return { document };
}
