import { type Problem, shown } from "./problem";
import { SCHEMA_VERSION } from "./spec";

type Document = Record<string, unknown>;

/** One step for each version that was ever in use: from version N to N + 1, on the document as it was written. */
const steps: Record<number, (document: Document) => Document> = {};

/** Brings a document of an older schema version up to the present one. A document that is no object is left to the schema. */
export function migrate(input: unknown): { document: unknown } | { problems: Problem[] } {
  if (typeof input !== "object" || input === null || !("version" in input)) return { document: input };
  const { version } = input;
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1)
    return {
      problems: [{ path: "version", fact: `${shown(version)} is not a schema version`, fix: `use ${SCHEMA_VERSION}` }],
    };
  if (version > SCHEMA_VERSION)
    return {
      problems: [
        {
          path: "version",
          fact: `${version} is newer than this program knows (${SCHEMA_VERSION})`,
          fix: "install a newer groundwork",
        },
      ],
    };
  let document = input as Document;
  for (let v = version; v < SCHEMA_VERSION; v++) document = { ...steps[v]?.(document), version: v + 1 };
  return { document };
}
