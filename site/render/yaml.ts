/**
 * YAML documents in the order given, the keys in the order written. `undefined` fields are left out. Texts that YAML 1.1 takes for
 * something else (`on`, `no`, `1:30`) are quoted: Kubernetes' and cloud-init's parsers are of that version.
 */
export function yaml(...documents: object[]): string {
  // Loaded where there is something to write: a policy pack starts without it.
  const { stringify } = require("yaml") as typeof import("yaml");
  const options = { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" } as const;
  return documents.map((d) => stringify(d, options)).join("---\n");
}

type Tree = { [field: string]: unknown };

/** `over` merged into `base`: objects field by field, everything else replaced, `null` removes. */
export function merged<T extends Tree>(base: T, over: Tree): T {
  const result: Tree = { ...base };
  for (const [field, value] of Object.entries(over)) {
    const before = result[field];
    if (value === null) delete result[field];
    else if (isTree(before) && isTree(value)) result[field] = merged(before, value);
    else result[field] = value;
  }
  return result as T;
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
