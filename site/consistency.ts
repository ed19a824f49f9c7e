import { consistentExisting } from "./consistency/existing";
import { consistentMachines } from "./consistency/machines";
import { consistentNetwork } from "./consistency/network";
import { consistentPki } from "./consistency/pki";
import { consistentStorage } from "./consistency/storage";
import type { Problem } from "./problem";
import type { SiteSpec } from "./spec";

/** Problems between parts of a description that are well-formed one by one. */
export function inconsistencies(spec: SiteSpec): Problem[] {
  return [
    ...consistentStorage(spec),
    ...consistentNetwork(spec),
    ...consistentMachines(spec),
    ...consistentExisting(spec),
    ...consistentPki(spec),
  ];
}
