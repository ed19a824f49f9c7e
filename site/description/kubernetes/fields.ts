import type { FieldType } from "./fieldTypes";

/** The fields of the two programs' configuration, with their types. */
export interface ConfigurationFields {
  kubelet: FieldType;
  kubeProxy: FieldType;
  /** The feature gates that both know, and the values that they may have: `true or false`, or the one that a gate is locked to. */
  gates: Record<string, string>;
}
