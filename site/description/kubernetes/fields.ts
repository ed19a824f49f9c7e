import fields135 from "./fields-1.35.json";
import fields136 from "./fields-1.36.json";
import fields137 from "./fields-1.37.json";
import type { FieldType } from "./fieldTypes";

/** The fields of the two programs' configuration, with their types. */
interface Fields {
  kubelet: FieldType;
  kubeProxy: FieldType;
}

/** By minor version, each read from the programs' own types by `extract.sh`. */
const TABLES: readonly [minor: number, fields: Fields][] = [
  [35, fields135 as Fields],
  [36, fields136 as Fields],
  [37, fields137 as Fields],
];

/** The fields that a version of Kubernetes, `1.36.3`, knows; those of the nearest version where there is no table of its own. */
export function fieldsOf(version: string): Fields {
  const minor = Number(version.split(".")[1]);
  const sorted = [...TABLES].sort(([a], [b]) => Math.abs(a - minor) - Math.abs(b - minor));
  return (sorted[0] as (typeof TABLES)[number])[1];
}
