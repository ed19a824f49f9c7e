import type { FieldType } from "./fieldTypes";

/** The fields of the two programs' configuration, with their types. */
export interface ConfigurationFields {
  kubelet: FieldType;
  kubeProxy: FieldType;
}
